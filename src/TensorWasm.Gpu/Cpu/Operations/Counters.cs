using System.Numerics;

namespace TensorWasm.Gpu.Cpu.Operations;

/// <summary>
/// Additions to words of the block's shared memory without a result, thread by thread. No other thread of the process has
/// that memory meanwhile. Mostly all threads take part, and then nothing is asked for each.
/// </summary>
internal static unsafe class Counters
{
    /// <summary>Adds one value at 32-bit addresses.</summary>
    internal static void Add(uint* addresses, long start, uint mask, uint value)
    {
        if ((mask & (mask + 1)) == 0)
        {
            for (int lane = 0; lane < BitOperations.PopCount(mask); lane++)
            {
                *(uint*)(start + addresses[lane]) += value;
            }

            return;
        }

        for (; mask != 0; mask &= mask - 1)
        {
            *(uint*)(start + addresses[BitOperations.TrailingZeroCount(mask)]) += value;
        }
    }

    /// <summary>Adds one value at 64-bit addresses.</summary>
    internal static void AddWide(long* addresses, long start, uint mask, uint value)
    {
        if ((mask & (mask + 1)) == 0)
        {
            int count = BitOperations.PopCount(mask);
            int lane = 0;
            for (; lane + 4 <= count; lane += 4)
            {
                *(uint*)(start + addresses[lane]) += value;
                *(uint*)(start + addresses[lane + 1]) += value;
                *(uint*)(start + addresses[lane + 2]) += value;
                *(uint*)(start + addresses[lane + 3]) += value;
            }

            for (; lane < count; lane++)
            {
                *(uint*)(start + addresses[lane]) += value;
            }

            return;
        }

        for (; mask != 0; mask &= mask - 1)
        {
            *(uint*)(start + addresses[BitOperations.TrailingZeroCount(mask)]) += value;
        }
    }

    /// <summary>Adds each thread's own value at 32-bit addresses.</summary>
    internal static void AddEach(uint* addresses, long start, uint mask, uint* values)
    {
        for (; mask != 0; mask &= mask - 1)
        {
            int lane = BitOperations.TrailingZeroCount(mask);
            *(uint*)(start + addresses[lane]) += values[lane];
        }
    }

    /// <summary>Adds each thread's own value at 64-bit addresses.</summary>
    internal static void AddEachWide(long* addresses, long start, uint mask, uint* values)
    {
        for (; mask != 0; mask &= mask - 1)
        {
            int lane = BitOperations.TrailingZeroCount(mask);
            *(uint*)(start + addresses[lane]) += values[lane];
        }
    }
}

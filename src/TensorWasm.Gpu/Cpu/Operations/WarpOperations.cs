using System.Numerics;
using TensorWasm.Gpu.Cpu.Execution;

namespace TensorWasm.Gpu.Cpu.Operations;

/// <summary>What the threads of a warp do together, over a value for each in scratch memory.</summary>
internal static unsafe class WarpOperations
{
    private const int Slot = WarpContext.SlotBytes;

    /// <summary>The lowest of some threads.</summary>
    internal static int Lowest(uint members) => BitOperations.TrailingZeroCount(members) & 31;

    /// <summary>The value of the first thread that runs.</summary>
    internal static uint First(uint* values, uint active) => values[Lowest(active)];

    /// <summary>Threads arrive at a barrier with their votes. True when nobody else will come.</summary>
    internal static bool Arrive(WarpContext* warp, uint active, uint votes)
    {
        uint yes = (uint)BitOperations.PopCount(active & votes);
        uint voters = (uint)BitOperations.PopCount(active);
        if (warp->Warps == 1)
        {
            warp->BarrierVotes = yes;
            warp->BarrierVoters = voters;
            return true;
        }

        warp->Votes += yes;
        warp->Voters += voters;
        return false;
    }

    internal static uint Reduce(uint* values, uint members, int kind)
    {
        uint result = values[Lowest(members)];
        for (uint rest = members & (members - 1); rest != 0; rest &= rest - 1)
        {
            uint value = values[BitOperations.TrailingZeroCount(rest)];
            result = (WarpReduction.Kind)kind switch
            {
                WarpReduction.Kind.Add => result + value,
                WarpReduction.Kind.And => result & value,
                WarpReduction.Kind.Or => result | value,
                WarpReduction.Kind.Xor => result ^ value,
                WarpReduction.Kind.MinimumSigned => (uint)Math.Min((int)result, (int)value),
                WarpReduction.Kind.MaximumSigned => (uint)Math.Max((int)result, (int)value),
                WarpReduction.Kind.Minimum => Math.Min(result, value),
                _ => Math.Max(result, value),
            };
        }

        return result;
    }

    /// <summary>For each thread the threads that have the same value.</summary>
    internal static void MatchAny(byte* values, uint* results, uint members, int bytes)
    {
        for (uint left = members; left != 0;)
        {
            ulong value = At(values, BitOperations.TrailingZeroCount(left), bytes);
            uint same = 0;
            for (uint rest = left; rest != 0; rest &= rest - 1)
            {
                int lane = BitOperations.TrailingZeroCount(rest);
                same |= At(values, lane, bytes) == value ? 1u << lane : 0;
            }

            for (uint rest = same; rest != 0; rest &= rest - 1)
            {
                results[BitOperations.TrailingZeroCount(rest)] = same;
            }

            left &= ~same;
        }
    }

    /// <summary>All threads, if all have one value, otherwise none; in the next slot whether it is so.</summary>
    internal static void MatchAll(byte* values, uint* results, uint members, int bytes)
    {
        ulong value = At(values, Lowest(members), bytes);
        bool isSame = true;
        for (uint rest = members; rest != 0; rest &= rest - 1)
        {
            isSame &= At(values, BitOperations.TrailingZeroCount(rest), bytes) == value;
        }

        for (int lane = 0; lane < 32; lane++)
        {
            results[lane] = isSame ? members : 0;
            ((int*)((byte*)results + Slot))[lane] = isSame ? -1 : 0;
        }
    }

    /// <summary>shfl.sync with operands that differ between threads: values, b and c, then results and their ranges.</summary>
    internal static void Shuffle(uint* slots, int mode)
    {
        const int Step = Slot / sizeof(uint);
        for (int lane = 0; lane < 32; lane++)
        {
            int source = ShufflePlan.SourceOf(
                (ShufflePlan.Mode)mode, lane, slots[Step + lane], slots[(2 * Step) + lane], out bool isInRange);
            slots[(3 * Step) + lane] = slots[source];
            slots[(4 * Step) + lane] = isInRange ? uint.MaxValue : 0;
        }
    }

    private static ulong At(byte* values, int lane, int bytes) =>
        bytes == 8 ? ((ulong*)values)[lane] : ((uint*)values)[lane];
}

using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using TensorWasm.Gpu.Cpu.Execution;
using TensorWasm.Ptx.Isa;

namespace TensorWasm.Gpu.Cpu.Operations;

/// <summary>Memory accesses thread by thread: each with its own address, for the threads that run.</summary>
internal static unsafe class LaneAccess
{
    private const int Slot = WarpContext.SlotBytes;

    /// <summary>The element's size, its sign and how many there are, as one number.</summary>
    internal static int Encode(PtxType type, int count) => type.Bytes | (type.IsSigned ? 32 : 0) | (count << 8);

    internal static void FillAddresses(nint first, long stride, long* addresses, int lanes)
    {
        for (int lane = 0; lane < lanes; lane++)
        {
            addresses[lane] = first + (stride * lane);
        }
    }

    internal static void OffsetAddresses(long* addresses, int lanes, long offset, long stride)
    {
        for (int lane = 0; lane < lanes; lane++)
        {
            addresses[lane] += offset + (stride * lane);
        }
    }

    /// <summary>Eight words at eight addresses.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static Vector256<int> Gather(Vector256<long> lower, Vector256<long> upper, long offset)
    {
        Vector256<long> all = Vector256.Create(offset);
        lower += all;
        upper += all;
        return Avx2.IsSupported
            ? Vector256.Create(Avx2.GatherVector128((int*)0, lower, 1), Avx2.GatherVector128((int*)0, upper, 1))
            : Vector256.Create(
                *(int*)lower[0], *(int*)lower[1], *(int*)lower[2], *(int*)lower[3],
                *(int*)upper[0], *(int*)upper[1], *(int*)upper[2], *(int*)upper[3]);
    }

    /// <summary>Loads an element, or a vector of them, for each thread of a mask.</summary>
    internal static void Load(long* addresses, byte* slots, uint mask, int code)
    {
        int count = code >> 8;
        int bytes = code & 31;
        if ((code & 0xFF) == 4)
        {
            LoadWords(addresses, slots, mask, count);
            return;
        }

        for (; mask != 0; mask &= mask - 1)
        {
            int lane = System.Numerics.BitOperations.TrailingZeroCount(mask);
            byte* from = (byte*)addresses[lane];
            for (int i = 0; i < count; i++, from += bytes)
            {
                byte* to = slots + (i * Slot);
                switch (code & 0xFF)
                {
                    case 1:
                        ((uint*)to)[lane] = *from;
                        break;
                    case 1 | 32:
                        ((int*)to)[lane] = *(sbyte*)from;
                        break;
                    case 2:
                        ((uint*)to)[lane] = *(ushort*)from;
                        break;
                    case 2 | 32:
                        ((int*)to)[lane] = *(short*)from;
                        break;
                    case 16:
                        ((ulong*)to)[lane] = *(ulong*)from;
                        ((ulong*)(to + Slot))[lane] = ((ulong*)from)[1];
                        break;
                    case 8 or 8 | 32:
                        ((ulong*)to)[lane] = *(ulong*)from;
                        break;
                    default:
                        ((uint*)to)[lane] = *(uint*)from;
                        break;
                }
            }
        }
    }

    /// <summary>Stores an element, or a vector of them, for each thread of a mask, the highest thread last.</summary>
    internal static void Store(long* addresses, byte* slots, uint mask, int code)
    {
        int count = code >> 8;
        int bytes = code & 31;
        for (; mask != 0; mask &= mask - 1)
        {
            int lane = System.Numerics.BitOperations.TrailingZeroCount(mask);
            byte* to = (byte*)addresses[lane];
            for (int i = 0; i < count; i++, to += bytes)
            {
                byte* from = slots + (i * Slot);
                switch (bytes)
                {
                    case 1:
                        *to = (byte)((uint*)from)[lane];
                        break;
                    case 2:
                        *(ushort*)to = (ushort)((uint*)from)[lane];
                        break;
                    case 4:
                        *(uint*)to = ((uint*)from)[lane];
                        break;
                    case 8:
                        *(ulong*)to = ((ulong*)from)[lane];
                        break;
                    default:
                        *(ulong*)to = ((ulong*)from)[lane];
                        ((ulong*)to)[1] = ((ulong*)(from + Slot))[lane];
                        break;
                }
            }
        }
    }

    /// <summary>
    /// cp.async: copies bytes for each thread, and clears what is beyond its source's size. The sizes may be predicates
    /// that say to ignore the source.
    /// </summary>
    internal static void Copy(long* from, long* to, uint* sizes, uint mask, int bytes, int arePredicates)
    {
        for (; mask != 0; mask &= mask - 1)
        {
            int lane = System.Numerics.BitOperations.TrailingZeroCount(mask);
            int size = arePredicates != 0 ? sizes[lane] != 0 ? 0 : bytes : (int)Math.Min(sizes[lane], (uint)bytes);
            var target = new Span<byte>((void*)to[lane], bytes);
            new ReadOnlySpan<byte>((void*)from[lane], size).CopyTo(target);
            target[size..].Clear();
        }
    }

    private static void LoadWords(long* addresses, byte* slots, uint mask, int count)
    {
        for (; mask != 0; mask &= mask - 1)
        {
            int lane = System.Numerics.BitOperations.TrailingZeroCount(mask);
            uint* from = (uint*)addresses[lane];
            for (int i = 0; i < count; i++)
            {
                ((uint*)(slots + (i * Slot)))[lane] = from[i];
            }
        }
    }
}

using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace TensorWasm.Gpu.Cpu.Operations;

/// <summary>Steps of compiled code that are more than one vector operation.</summary>
internal static class VectorHelpers
{
    /// <summary>Lanes of all ones where eight bits of a mask, from a position on, are set.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static Vector256<int> Expand(uint mask, int position)
    {
        Vector256<int> bits = Vector256.Create(1, 2, 4, 8, 16, 32, 64, 128);
        return Vector256.Equals(Vector256.Create((int)(mask >> position)) & bits, bits);
    }

    /// <summary>The low words of eight 64-bit lanes.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static Vector256<int> Narrow(Vector256<long> lower, Vector256<long> upper) => Vector256.Narrow(lower, upper);

    /// <summary>The high words of eight 64-bit lanes.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static Vector256<int> NarrowUpper(Vector256<long> lower, Vector256<long> upper) =>
        Vector256.Narrow(lower >>> 32, upper >>> 32);

    /// <summary>Shifts left by a count for each lane; counts of 32 and more give 0.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static Vector256<uint> ShiftLeft(Vector256<uint> value, Vector256<uint> count)
    {
        if (Avx2.IsSupported)
        {
            return Avx2.ShiftLeftLogicalVariable(value, count);
        }

        return Each(value, count, static (v, c) => c > 31 ? 0 : v << (int)c);
    }

    /// <summary>Shifts right by a count for each lane; counts of 32 and more give 0.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static Vector256<uint> ShiftRight(Vector256<uint> value, Vector256<uint> count)
    {
        if (Avx2.IsSupported)
        {
            return Avx2.ShiftRightLogicalVariable(value, count);
        }

        return Each(value, count, static (v, c) => c > 31 ? 0 : v >> (int)c);
    }

    /// <summary>Shifts right with the sign, by a count for each lane; counts of 32 and more give the sign.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static Vector256<int> ShiftRightSigned(Vector256<int> value, Vector256<uint> count)
    {
        if (Avx2.IsSupported)
        {
            return Avx2.ShiftRightArithmeticVariable(value, count);
        }

        return Each(value.AsUInt32(), count, static (v, c) => (uint)((int)v >> (int)Math.Min(c, 31))).AsInt32();
    }

    /// <summary>The high words of products.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static Vector256<int> MultiplyHigh(Vector256<int> a, Vector256<int> b)
    {
        (Vector256<long> a0, Vector256<long> a1) = Vector256.Widen(a);
        (Vector256<long> b0, Vector256<long> b1) = Vector256.Widen(b);
        return NarrowUpper(a0 * b0, a1 * b1);
    }

    /// <summary>The high words of unsigned products.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static Vector256<int> MultiplyHighUnsigned(Vector256<uint> a, Vector256<uint> b)
    {
        if (Avx2.IsSupported)
        {
            Vector256<ulong> even = Avx2.Multiply(a, b);
            Vector256<ulong> odd = Avx2.Multiply((a.AsUInt64() >>> 32).AsUInt32(), (b.AsUInt64() >>> 32).AsUInt32());
            return Avx2.Blend((even >>> 32).AsInt32(), odd.AsInt32(), 0b1010_1010);
        }

        (Vector256<ulong> a0, Vector256<ulong> a1) = Vector256.Widen(a);
        (Vector256<ulong> b0, Vector256<ulong> b1) = Vector256.Widen(b);
        return NarrowUpper((a0 * b0).AsInt64(), (a1 * b1).AsInt64());
    }

    /// <summary>Half of eight words, widened and multiplied.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static Vector256<long> MultiplyWide(Vector256<long> a, Vector256<long> b)
    {
        // Both operands were widened from 32 bits, so that the low words and their signs are all there is.
        return Avx2.IsSupported ? Avx2.Multiply(a.AsInt32(), b.AsInt32()) : a * b;
    }

    /// <summary>Half of eight words, widened without sign and multiplied.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static Vector256<ulong> MultiplyWideUnsigned(Vector256<ulong> a, Vector256<ulong> b) =>
        Avx2.IsSupported ? Avx2.Multiply(a.AsUInt32(), b.AsUInt32()) : a * b;

    internal static Vector256<int> LaneMaskEqual(Vector256<uint> lane) =>
        ShiftLeft(Vector256<uint>.One, lane).AsInt32();

    internal static Vector256<int> LaneMaskBelow(Vector256<uint> lane) =>
        (ShiftLeft(Vector256<uint>.One, lane) - Vector256<uint>.One).AsInt32();

    internal static Vector256<int> LaneMaskUpTo(Vector256<uint> lane) => LaneMaskBelow(lane) | LaneMaskEqual(lane);

    internal static Vector256<int> LaneMaskFrom(Vector256<uint> lane) => ~LaneMaskBelow(lane);

    internal static Vector256<int> LaneMaskAbove(Vector256<uint> lane) => ~LaneMaskUpTo(lane);

    private static Vector256<uint> Each(Vector256<uint> a, Vector256<uint> b, Func<uint, uint, uint> operation)
    {
        Span<uint> result = stackalloc uint[8];
        for (int i = 0; i < result.Length; i++)
        {
            result[i] = operation(a[i], b[i]);
        }

        return Vector256.Create<uint>(result);
    }
}

using System.Runtime.CompilerServices;

namespace TensorWasm.Gpu.Cpu.Operations;

/// <summary>
/// Whether an affine rule holds, given the first thread's value, extended to 64 bits, and what the last one's differs
/// from it. Each answers "no" where 64 bits do not suffice to know.
/// </summary>
internal static class AffineConditions
{
    /// <summary>No 32-bit value between first and last wraps, read as signed.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static bool FitsSigned(long first, long span) => first + span == (int)(first + span);

    /// <summary>No 32-bit value between first and last wraps, read as unsigned.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static bool FitsUnsigned(long first, long span) => first + span == (uint)(first + span);

    /// <summary>All agree in the bits above a mask of low ones.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static bool StaysBelow(long first, long span, long mask) => (ulong)((first & mask) + span) <= (ulong)mask;

    /// <summary>All agree in the upper bits that a mask keeps.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static bool SameBits(long first, long span, long mask) => ((first ^ (first + span)) & mask) == 0;

    /// <summary>All have one quotient.</summary>
    internal static bool SameQuotient(long first, long span, long divisor, int bits)
    {
        ulong last = (ulong)(first + span);
        bool wraps = span >= 0 ? last < (ulong)first : last > (ulong)first;
        return !wraps && (bits == 64 || last <= uint.MaxValue) && divisor != 0
            && (ulong)first / (ulong)divisor == last / (ulong)divisor;
    }

    /// <summary>All have one quotient, as signed numbers.</summary>
    internal static bool SameQuotientSigned(long first, long span, long divisor, int bits)
    {
        long last = first + span;
        bool wraps = span >= 0 ? last < first : last > first;
        return !wraps && (bits == 64 || last == (int)last) && divisor > 0 && first / divisor == last / divisor;
    }

    /// <summary>An or, or exclusive or, with a number adds it: they have no bits in common that differ between threads.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static bool AreDisjoint(long first, long span, long other, int alignment, int bits)
    {
        ulong high = (ulong)other & (ulong.MaxValue << alignment);
        ulong last = (ulong)(first + span);
        ulong low = (ulong)first < last ? (ulong)first : last;
        ulong most = low ^ (ulong)first ^ last;
        bool wraps = span >= 0 ? last < (ulong)first : last > (ulong)first;
        return !wraps && (bits == 64 || most <= uint.MaxValue) && (high == 0 || most < (high & (0 - high)));
    }

    /// <summary>All are at most a bound.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static bool AtMost(long first, long span, long bound, int bits)
    {
        ulong last = (ulong)(first + span);
        bool wraps = span >= 0 ? last < (ulong)first : last > (ulong)first;
        return !wraps && (bits == 64 || last <= uint.MaxValue) && (ulong)first <= (ulong)bound && last <= (ulong)bound;
    }

    /// <summary>All are at least a bound.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static bool AtLeast(long first, long span, long bound, int bits)
    {
        ulong last = (ulong)(first + span);
        bool wraps = span >= 0 ? last < (ulong)first : last > (ulong)first;
        return !wraps && (bits == 64 || last <= uint.MaxValue) && (ulong)first >= (ulong)bound && last >= (ulong)bound;
    }

    /// <summary>All are at most a bound, as signed numbers.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static bool AtMostSigned(long first, long span, long bound, int bits)
    {
        long last = first + span;
        bool wraps = span >= 0 ? last < first : last > first;
        return !wraps && (bits == 64 || last == (int)last) && first <= bound && last <= bound;
    }

    /// <summary>All are at least a bound, as signed numbers.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static bool AtLeastSigned(long first, long span, long bound, int bits)
    {
        long last = first + span;
        bool wraps = span >= 0 ? last < first : last > first;
        return !wraps && (bits == 64 || last == (int)last) && first >= bound && last >= bound;
    }
}

namespace TensorWasm.Ptx.Analyses;

/// <summary>What is known of a value's bits: those set in <see cref="Mask"/> have the value in <see cref="Value"/>.</summary>
/// <param name="Mask">Which bits are known.</param>
/// <param name="Value">Their values; other bits are zero.</param>
public readonly record struct KnownBits(ulong Mask, ulong Value)
{
    /// <summary>Nothing is known.</summary>
    public static KnownBits Unknown => default;

    /// <summary>Largest value, read as unsigned.</summary>
    public ulong Maximum => Value | ~Mask;

    /// <summary>Number of low bits that are known to be zero.</summary>
    public int TrailingZeros => System.Numerics.BitOperations.TrailingZeroCount(~(Mask & ~Value));

    /// <summary>A constant.</summary>
    /// <param name="value">Its value.</param>
    /// <returns>All bits known.</returns>
    public static KnownBits Constant(ulong value) => new(ulong.MaxValue, value);

    /// <summary>A value known to be below 2^<paramref name="bits"/>.</summary>
    /// <param name="bits">Number of bits that may be set.</param>
    /// <returns>The bits above known to be zero.</returns>
    public static KnownBits Below(int bits) => new(bits >= 64 ? 0 : ulong.MaxValue << bits, 0);

    /// <summary>Keeps the low bits and clears the others, as a register of that size does.</summary>
    /// <param name="bits">Size in bits.</param>
    /// <returns>The truncated value.</returns>
    public KnownBits Truncate(int bits)
    {
        ulong low = bits >= 64 ? ulong.MaxValue : (1UL << bits) - 1;
        return new KnownBits(Mask | ~low, Value & low);
    }

    /// <summary>What holds for both values.</summary>
    /// <param name="other">The other value.</param>
    /// <returns>The common knowledge.</returns>
    public KnownBits Meet(KnownBits other)
    {
        ulong mask = Mask & other.Mask & ~(Value ^ other.Value);
        return new KnownBits(mask, Value & mask);
    }

    /// <summary>Bitwise and.</summary>
    /// <param name="a">First.</param>
    /// <param name="b">Second.</param>
    /// <returns>The result.</returns>
    public static KnownBits And(KnownBits a, KnownBits b)
    {
        ulong zero = (a.Mask & ~a.Value) | (b.Mask & ~b.Value);
        ulong one = a.Value & b.Value;
        return new KnownBits(zero | one, one);
    }

    /// <summary>Bitwise or.</summary>
    /// <param name="a">First.</param>
    /// <param name="b">Second.</param>
    /// <returns>The result.</returns>
    public static KnownBits Or(KnownBits a, KnownBits b)
    {
        ulong zero = (a.Mask & ~a.Value) & (b.Mask & ~b.Value);
        ulong one = a.Value | b.Value;
        return new KnownBits(zero | one, one);
    }

    /// <summary>Bitwise exclusive or.</summary>
    /// <param name="a">First.</param>
    /// <param name="b">Second.</param>
    /// <returns>The result.</returns>
    public static KnownBits Xor(KnownBits a, KnownBits b)
    {
        ulong mask = a.Mask & b.Mask;
        return new KnownBits(mask, (a.Value ^ b.Value) & mask);
    }

    /// <summary>Wrapping addition: a sum bit is known where both bits and the carry into it are.</summary>
    /// <param name="a">First.</param>
    /// <param name="b">Second.</param>
    /// <returns>The result.</returns>
    public static KnownBits Add(KnownBits a, KnownBits b)
    {
        // The smallest and the largest sum agree exactly in the carries that are the same for every value between.
        ulong smallest = unchecked(a.Value + b.Value);
        ulong largest = unchecked(a.Maximum + b.Maximum);
        ulong carrySmallest = smallest ^ a.Value ^ b.Value;
        ulong carryLargest = largest ^ a.Maximum ^ b.Maximum;
        ulong mask = a.Mask & b.Mask & ~(carrySmallest ^ carryLargest);
        return new KnownBits(mask, smallest & mask);
    }

    /// <summary>Shift to the left.</summary>
    /// <param name="a">The value.</param>
    /// <param name="count">How far, below 64.</param>
    /// <returns>The result.</returns>
    public static KnownBits ShiftLeft(KnownBits a, int count) =>
        new((a.Mask << count) | ((1UL << count) - 1), a.Value << count);

    /// <summary>Shift to the right, filling with zeroes.</summary>
    /// <param name="a">The value.</param>
    /// <param name="count">How far, below 64.</param>
    /// <returns>The result.</returns>
    public static KnownBits ShiftRight(KnownBits a, int count) =>
        new((a.Mask >> count) | ~(ulong.MaxValue >> count), a.Value >> count);
}

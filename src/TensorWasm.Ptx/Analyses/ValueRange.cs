using TensorWasm.Ptx.Ir;

namespace TensorWasm.Ptx.Analyses;

/// <summary>A register's value: a number between two bounds, or that number added to the address of a variable.</summary>
/// <param name="Variable">A shared, local or constant variable, or null for a plain number.</param>
/// <param name="Low">Smallest number; never negative.</param>
/// <param name="High">Largest number; at most <see cref="Limit"/>.</param>
/// <param name="ZeroBits">How many low bits of the value are known to be zero.</param>
internal readonly record struct ValueRange(Variable? Variable, long Low, long High, int ZeroBits)
{
    /// <summary>
    /// Largest number: with the address of a variable, which lies in a window of a few megabytes, it stays below 2^31,
    /// so that 32 and 64 bits, signed and unsigned, all read it alike.
    /// </summary>
    public const long Limit = 1L << 30;

    /// <summary>A constant.</summary>
    public static ValueRange? Constant(long value) =>
        Of(null, value, value, System.Numerics.BitOperations.TrailingZeroCount(value));

    /// <summary>A range, or null when it is not within the limits.</summary>
    public static ValueRange? Of(Variable? variable, long low, long high, int zeroBits) =>
        low >= 0 && high <= Limit && low <= high ? new ValueRange(variable, low, high, Math.Min(zeroBits, 62)) : null;

    /// <summary>What holds for both.</summary>
    public ValueRange? Join(ValueRange other) => Variable == other.Variable
        ? Of(Variable, Math.Min(Low, other.Low), Math.Max(High, other.High), Math.Min(ZeroBits, other.ZeroBits))
        : null;
}

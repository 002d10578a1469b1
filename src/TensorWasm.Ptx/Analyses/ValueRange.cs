using System.Numerics;
using TensorWasm.Ptx.Ir;

namespace TensorWasm.Ptx.Analyses;

/// <summary>
/// A register's value: a number between two bounds, or that number added to the address of a variable, perhaps in units
/// of 16 bytes, as matrix descriptors count.
/// </summary>
/// <param name="Variable">A shared, local or constant variable, or null for a plain number.</param>
/// <param name="Low">Smallest number; not negative where there is a variable, at least -<see cref="Limit"/> else.</param>
/// <param name="High">Largest number; at most <see cref="Limit"/>.</param>
/// <param name="ZeroBits">How many low bits of the value are known to be zero.</param>
internal readonly record struct ValueRange(Variable? Variable, long Low, long High, int ZeroBits)
{
    /// <summary>
    /// Largest number: with the address of a variable, which lies in a window of a few megabytes, it stays below 2^31,
    /// so that 32 and 64 bits, signed and unsigned, all read it alike when it is not negative.
    /// </summary>
    public const long Limit = 1L << 30;

    /// <summary>Bytes of a unit, as a power of two.</summary>
    public const int UnitBits = 4;

    /// <summary>Whether variable and number count in units of 16 bytes.</summary>
    public bool InUnits { get; init; }

    /// <summary>
    /// Bytes that memory must have from the variable's address for the bounds to hold: where the code keeps 14 bits of a
    /// number of units, it changes nothing while the address lies in shared memory, which is smaller than 2^18 bytes.
    /// </summary>
    public long Needs { get; init; }

    /// <summary>
    /// No value at all: of a register whose cycle has not been gone round yet. Joins ignore it, everything else passes it
    /// on.
    /// </summary>
    public static ValueRange Nothing => new(null, 1, 0, 62);

    /// <summary>Whether it is <see cref="Nothing"/>.</summary>
    public bool IsNothing => Low > High;

    /// <summary>Whether it is a number that signed and unsigned instructions read alike.</summary>
    public bool IsNatural => Variable is null && Low >= 0;

    /// <summary>A constant.</summary>
    public static ValueRange? Constant(long value) =>
        Of(null, value, value, BitOperations.TrailingZeroCount(value));

    /// <summary>A range, or null when it is not within the limits.</summary>
    public static ValueRange? Of(Variable? variable, long low, long high, int zeroBits) =>
        low >= (variable is null ? -Limit : 0) && high <= Limit && low <= high
            ? new ValueRange(variable, low, high, Math.Min(zeroBits, 62))
            : null;

    /// <summary>What holds for both.</summary>
    public ValueRange? Join(ValueRange other) => IsNothing ? other
        : other.IsNothing ? this
        : Variable == other.Variable && InUnits == other.InUnits
        ? Of(Variable, Math.Min(Low, other.Low), Math.Max(High, other.High), Math.Min(ZeroBits, other.ZeroBits))?
            .With(this, other)
        : null;

    /// <summary>Whether all values of another range are values of this one.</summary>
    public bool Contains(ValueRange other) => Variable == other.Variable && InUnits == other.InUnits
        && Low <= other.Low && High >= other.High && ZeroBits <= other.ZeroBits && Needs >= other.Needs;

    /// <summary>Sums keep the unit and the needs of what is added.</summary>
    public static ValueRange? Sum(ValueRange a, ValueRange b) => a.Variable is null || b.Variable is null
        ? Of(a.Variable ?? b.Variable, a.Low + b.Low, a.High + b.High, Math.Min(a.ZeroBits, b.ZeroBits))?.With(a, b)
        : null;

    /// <summary>The address in units; whole, because variables lie at multiples of 16.</summary>
    public ValueRange? ToUnits() => Variable is not null && !InUnits
        ? this with { Low = Low >> UnitBits, High = High >> UnitBits, ZeroBits = Math.Max(ZeroBits - UnitBits, 0), InUnits = true }
        : null;

    /// <summary>What remains when 14 bits are kept of a number of units.</summary>
    public ValueRange? Keep14Bits() => InUnits
        ? this with { Needs = Math.Max(Needs, (High + 1) << UnitBits) }
        : null;

    private ValueRange With(ValueRange a, ValueRange b) =>
        this with { InUnits = a.InUnits || b.InUnits, Needs = Math.Max(a.Needs, b.Needs) };
}

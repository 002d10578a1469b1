using System.Globalization;

namespace TensorWasm.Runtime;

/// <summary>A result of a guest.</summary>
/// <param name="Kind">Its type.</param>
/// <param name="Bits">Its bits, zero-extended; of a reference, 0 for null and 1 for any other.</param>
public readonly record struct GuestValue(GuestValueKind Kind, UInt128 Bits)
{
    /// <summary>Its value as a signed integer of 32 bits.</summary>
    public int Int32 => (int)(uint)Bits;

    /// <summary>Its value as a signed integer of 64 bits.</summary>
    public long Int64 => (long)(ulong)Bits;

    /// <summary>Its value as a float of 32 bits.</summary>
    public float Single => BitConverter.UInt32BitsToSingle((uint)Bits);

    /// <summary>Its value as a float of 64 bits.</summary>
    public double Double => BitConverter.UInt64BitsToDouble((ulong)Bits);

    /// <summary>
    /// The value as a <see cref="GuestArgument"/> of its type reads it: integers signed, floats so that they read back
    /// the same, not-a-number as nan, vectors as i32x4 with hexadecimal lanes; a reference as null or ref.
    /// </summary>
    public override string ToString() => Kind switch
    {
        GuestValueKind.I32 => Int32.ToString(CultureInfo.InvariantCulture),
        GuestValueKind.I64 => Int64.ToString(CultureInfo.InvariantCulture),
        GuestValueKind.F32 => Text(Single, Single.ToString("R", CultureInfo.InvariantCulture)),
        GuestValueKind.F64 => Text(Double, Double.ToString("R", CultureInfo.InvariantCulture)),
        GuestValueKind.V128 => string.Create(
            CultureInfo.InvariantCulture, $"i32x4:0x{Lane(0):x8},0x{Lane(1):x8},0x{Lane(2):x8},0x{Lane(3):x8}"),
        _ => Bits == 0 ? "null" : "ref",
    };

    private uint Lane(int index) => (uint)(Bits >> (32 * index));

    private static string Text(double value, string finite) =>
        double.IsFinite(value) ? finite : double.IsNaN(value) ? "nan" : value > 0 ? "inf" : "-inf";
}

using System.Globalization;

namespace TensorWasm.Wasm.Text;

/// <summary>
/// Floating-point literals that parse to the same bits: the shortest decimal, or a NaN with its payload.
/// </summary>
internal static class FloatPrinter
{
    public static string F32(uint bits)
    {
        var sign = bits >> 31 != 0;
        if ((bits & 0x7F80_0000) == 0x7F80_0000) return Special(sign, bits & 0x007F_FFFF, 0x0040_0000);
        return Decimal(BitConverter.UInt32BitsToSingle(bits).ToString("R", CultureInfo.InvariantCulture));
    }

    public static string F64(ulong bits)
    {
        var sign = bits >> 63 != 0;
        if ((bits & 0x7FF0_0000_0000_0000) == 0x7FF0_0000_0000_0000)
        {
            return Special(sign, bits & 0x000F_FFFF_FFFF_FFFF, 0x0008_0000_0000_0000);
        }
        return Decimal(BitConverter.UInt64BitsToDouble(bits).ToString("R", CultureInfo.InvariantCulture));
    }

    private static string Special(bool sign, ulong payload, ulong canonical)
    {
        var name = payload == 0 ? "inf"
            : payload == canonical ? "nan"
            : $"nan:0x{payload.ToString("x", CultureInfo.InvariantCulture)}";
        return sign ? "-" + name : name;
    }

    private static string Decimal(string text) => text.Replace('E', 'e');
}

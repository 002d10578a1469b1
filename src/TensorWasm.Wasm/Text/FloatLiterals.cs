using System.Globalization;

namespace TensorWasm.Wasm.Text;

/// <summary>
/// Floating-point literals to bits, rounded to nearest, ties to even (section 6.3.2.2), in time linear in their length.
/// </summary>
internal static class FloatLiterals
{
    /// <summary>24 bits of precision, 8 bits of exponent.</summary>
    public static readonly Format F32 = new(24, -126, 8);

    /// <summary>53 bits of precision, 11 bits of exponent.</summary>
    public static readonly Format F64 = new(53, -1022, 11);

    // No literal within reach of a double has its leading digit outside this range of powers of ten.
    private const long DecimalReach = 400;

    // Exponents and digit counts beyond this saturate; texts are shorter than 2^31, so no digits can make up for it.
    private const long FarExponent = 1L << 50;

    /// <summary>The bits, or null if the value is out of range.</summary>
    public static ulong? Parse(ReadOnlySpan<byte> text, Format format)
    {
        var sign = text[0] == '-' ? 1UL << (format.Precision + format.ExponentBits - 1) : 0;
        if (text[0] is (byte)'-' or (byte)'+') text = text[1..];
        return Magnitude(text, format) is { } bits ? bits | sign : null;
    }

    private static ulong? Magnitude(ReadOnlySpan<byte> text, Format format)
    {
        if (text.StartsWith("inf"u8)) return format.Infinity;
        if (text.StartsWith("nan"u8))
        {
            if (text.Length == 3) return format.Infinity | (1UL << (format.Precision - 2));
            var payload = Literals.Natural(text[4..]);
            return payload is > 0 && payload < 1UL << (format.Precision - 1) ? format.Infinity | payload : null;
        }
        return Literals.IsHex(text) ? Hexadecimal(text[2..], format) : Decimal(text, format);
    }

    private static ulong? Hexadecimal(ReadOnlySpan<byte> text, Format format)
    {
        var mark = text.IndexOfAny((byte)'p', (byte)'P');
        var exponent = mark < 0 ? 0 : Exponent(text[(mark + 1)..]);
        var mantissa = 0UL;
        var sticky = false;
        var fraction = false;
        foreach (var unit in mark < 0 ? text : text[..mark])
        {
            if (unit == '.')
            {
                fraction = true;
                continue;
            }
            var digit = Characters.HexValue(unit);
            if (digit < 0) continue;
            if (mantissa >> 60 == 0)
            {
                mantissa = (mantissa << 4) | (uint)digit;
                if (fraction) exponent -= 4;
            }
            else
            {
                sticky |= digit != 0;
                if (!fraction) exponent += 4;
            }
        }
        return Round(mantissa, exponent, sticky, format);
    }

    /// <summary>mantissa * 2^exponent, and a little more if <paramref name="sticky"/>.</summary>
    private static ulong? Round(ulong mantissa, long exponent, bool sticky, Format format)
    {
        if (mantissa == 0) return 0;
        var zeros = System.Numerics.BitOperations.LeadingZeroCount(mantissa);
        mantissa <<= zeros;
        exponent += 63 - zeros;
        var below = Math.Max(0, format.MinExponent - exponent);
        var shift = 64 - format.Precision + below;
        if (shift > 64) return 0;
        var quotient = shift == 64 ? 0 : mantissa >> (int)shift;
        var rest = shift == 64 ? mantissa : mantissa & ((1UL << (int)shift) - 1);
        var half = 1UL << (int)(shift - 1);
        if (rest > half || (rest == half && (sticky || (quotient & 1) != 0))) quotient++;

        // The hidden bit of a normal number adds 1 to the exponent field, as does a mantissa that rounding carried
        // over.
        if (exponent > -format.MinExponent + 1) return null;
        var scale = (ulong)Math.Max(0, exponent - format.MinExponent);
        var bits = (scale << (format.Precision - 1)) + quotient;
        return bits < format.Infinity ? bits : null;
    }

    /// <summary>Brings the number into the form 0.digits * 10^scale with a first digit that is not 0, which the
    /// platform's parser rounds correctly whatever the number of digits.</summary>
    private static ulong? Decimal(ReadOnlySpan<byte> text, Format format)
    {
        var mark = text.IndexOfAny((byte)'e', (byte)'E');
        var scale = mark < 0 ? 0 : Exponent(text[(mark + 1)..]);
        if (mark >= 0) text = text[..mark];
        var digits = new char[text.Length + 8];
        digits[0] = '0';
        digits[1] = '.';
        var length = 2;
        var fraction = false;
        foreach (var unit in text)
        {
            if (unit == '.')
            {
                fraction = true;
            }
            else if (unit != '_')
            {
                var leading = length == 2 && unit == '0';
                if (!leading) digits[length++] = (char)unit;
                if (!fraction && !leading) scale++;
                if (fraction && leading) scale--;
            }
        }
        if (length == 2 || scale < -DecimalReach) return 0;
        if (scale > DecimalReach) return null;
        digits[length++] = 'e';
        scale.TryFormat(digits.AsSpan(length), out var written, provider: CultureInfo.InvariantCulture);
        var number = digits.AsSpan(0, length + written);
        var bits = format.Precision == F32.Precision
            ? BitConverter.SingleToUInt32Bits(float.Parse(number, NumberStyles.Float, CultureInfo.InvariantCulture))
            : BitConverter.DoubleToUInt64Bits(double.Parse(number, NumberStyles.Float, CultureInfo.InvariantCulture));
        return bits < format.Infinity ? bits : null;
    }

    private static long Exponent(ReadOnlySpan<byte> text)
    {
        var negative = text[0] == '-';
        var value = 0L;
        foreach (var unit in text)
        {
            if (char.IsAsciiDigit((char)unit)) value = Math.Min((value * 10) + (unit - '0'), FarExponent);
        }
        return negative ? -value : value;
    }

    /// <summary>A binary interchange format of IEEE 754.</summary>
    /// <param name="Precision">Bits of the significand, the hidden one included.</param>
    /// <param name="MinExponent">The exponent of the smallest normal number.</param>
    /// <param name="ExponentBits">The width of the exponent field.</param>
    internal readonly record struct Format(int Precision, int MinExponent, int ExponentBits)
    {
        /// <summary>The bits of positive infinity: the first that are no finite number.</summary>
        public ulong Infinity => ((1UL << ExponentBits) - 1) << (Precision - 1);
    }
}

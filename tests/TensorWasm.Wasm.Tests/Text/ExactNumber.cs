using System.Globalization;
using System.Numerics;

namespace TensorWasm.Wasm.Tests.Text;

/// <summary>Rounds a rational number to a float by integer arithmetic alone: the oracle for literals.</summary>
internal static class ExactNumber
{
    /// <summary>
    /// The bits nearest to numerator / denominator, ties to even; null when it rounds beyond the largest.
    /// </summary>
    public static ulong? Round(BigInteger numerator, BigInteger denominator, int precision, int exponentBits)
    {
        if (numerator.IsZero) return 0;
        var minExponent = 2 - (1 << (exponentBits - 1));

        // The scale at which the quotient has exactly `precision` bits, or fewer below the normal range.
        var exponent = (int)(numerator.GetBitLength() - denominator.GetBitLength()) - precision;
        while (Scaled(exponent) >= BigInteger.One << precision) exponent++;
        exponent = Math.Max(exponent, minExponent - precision + 1);
        var quotient = Scaled(exponent);
        var left = exponent < 0 ? numerator << -exponent : numerator;
        var right = exponent < 0 ? denominator : denominator << exponent;
        var twice = 2 * (left - (quotient * right));
        if (twice > right || (twice == right && !quotient.IsEven)) quotient++;
        if (quotient == BigInteger.One << precision)
        {
            quotient >>= 1;
            exponent++;
        }
        var biased = exponent + precision - 1 - minExponent + 1;
        if (quotient < BigInteger.One << (precision - 1)) return (ulong)quotient;
        if (biased >= (1 << exponentBits) - 1) return null;
        return ((ulong)biased << (precision - 1)) | ((ulong)quotient & ((1UL << (precision - 1)) - 1));

        BigInteger Scaled(int scale) =>
            scale < 0 ? (numerator << -scale) / denominator : numerator / (denominator << scale);
    }

    /// <summary>The exact value of a literal without sign.</summary>
    public static (BigInteger Numerator, BigInteger Denominator) Parse(string literal)
    {
        var text = literal.Replace("_", "", StringComparison.Ordinal);
        var hex = text.StartsWith("0x", StringComparison.Ordinal);
        if (hex) text = text[2..];
        var parts = text.Split(hex ? ['p', 'P'] : ['e', 'E']);
        var exponent = parts.Length > 1
            ? int.Parse(parts[1], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture)
            : 0;
        var digits = parts[0].Split('.');
        var fraction = digits.Length > 1 ? digits[1] : "";
        var mantissa = BigInteger.Zero;
        foreach (var digit in digits[0] + fraction)
        {
            mantissa = (mantissa * (hex ? 16 : 10)) + Convert.ToInt32(digit.ToString(), 16);
        }
        var radix = new BigInteger(hex ? 2 : 10);
        exponent -= fraction.Length * (hex ? 4 : 1);
        return exponent < 0
            ? (mantissa, BigInteger.Pow(radix, -exponent))
            : (mantissa * BigInteger.Pow(radix, exponent), 1);
    }
}

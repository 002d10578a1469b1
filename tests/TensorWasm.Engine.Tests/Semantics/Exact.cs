using System.Numerics;

namespace TensorWasm.Engine.Tests.Semantics;

/// <summary>Floating-point numbers as exact integers and fractions: the specification's view, without the hardware's.</summary>
internal static class Exact
{
    /// <summary>The integer part of a finite number, rounded towards zero.</summary>
    public static BigInteger Truncate(double value)
    {
        var bits = BitConverter.DoubleToUInt64Bits(value);
        var exponent = (int)(bits >> 52 & 0x7FF);
        BigInteger significand = bits & 0xF_FFFF_FFFF_FFFF | (exponent == 0 ? 0 : 1UL << 52);
        var shift = Math.Max(exponent, 1) - 1075;
        var magnitude = shift >= 0 ? significand << shift : -shift > 60 ? 0 : significand >> -shift;
        return bits >> 63 == 0 ? magnitude : -magnitude;
    }

    /// <summary>
    /// The bits of a non-negative integer rounded to nearest, ties to even, in a format with
    /// <paramref name="fraction"/> stored fraction bits and the exponent bias <paramref name="bias"/>.
    /// </summary>
    public static ulong RoundToFloat(BigInteger value, int fraction, int bias)
    {
        if (value.IsZero) return 0;

        var length = (int)value.GetBitLength();
        var dropped = Math.Max(0, length - fraction - 1);
        var kept = value >> dropped;
        var rest = value - (kept << dropped);
        var half = dropped == 0 ? BigInteger.One : BigInteger.One << dropped - 1;
        if (rest > half || (rest == half && !kept.IsEven)) kept += 1;
        if (kept.GetBitLength() > fraction + 1)
        {
            kept >>= 1;
            dropped++;
        }
        var exponent = dropped + fraction;
        while (kept.GetBitLength() < fraction + 1)
        {
            kept <<= 1;
            exponent--;
        }
        return (ulong)(kept - (BigInteger.One << fraction)) | (ulong)(exponent + bias) << fraction;
    }

    /// <summary>The nearest integer, ties to even, of a number that is not NaN; the sign of a zero is the operand's.</summary>
    public static double Nearest(double value)
    {
        if (double.IsInfinity(value) || Math.Abs(value) >= 1L << 52) return value;

        var whole = (long)BigInteger.Abs(Truncate(value));
        var rest = Math.Abs(value) - whole;
        if (rest > 0.5 || (rest == 0.5 && (whole & 1) != 0)) whole++;
        return WithSign(whole, value);
    }

    /// <summary>The next integer towards an infinity, or towards zero, of a number that is not NaN.</summary>
    public static double Round(double value, int direction)
    {
        if (double.IsInfinity(value) || Math.Abs(value) >= 1L << 52) return value;

        double whole = (long)Truncate(value);
        if (direction > 0 && whole < value) whole++;
        if (direction < 0 && whole > value) whole--;
        return WithSign(Math.Abs(whole), value);
    }

    /// <summary>The greater or smaller of two numbers that are not NaN; -0 is less than 0.</summary>
    public static double Extremum(double a, double b, bool greatest)
    {
        if (a == 0 && b == 0) return IsNegative(a) == greatest ? b : a;
        return a < b == greatest ? b : a;
    }

    private static bool IsNegative(double value) => BitConverter.DoubleToInt64Bits(value) < 0;

    private static double WithSign(double magnitude, double sign) => IsNegative(sign) ? -magnitude : magnitude;
}

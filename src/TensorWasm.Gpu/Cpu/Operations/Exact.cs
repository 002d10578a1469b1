using System.Numerics;

namespace TensorWasm.Gpu.Cpu.Operations;

/// <summary>
/// Arithmetic in any format and rounding mode. The nearest result comes from the processor, in double precision where
/// that rounds alike; for the other modes the sign of its error, computed exactly, says whether the neighbour is right.
/// </summary>
internal static class Exact
{
    internal static ulong Sum(FloatFormat format, ulong a, ulong b, Rounding rounding)
    {
        double x = format.Decode(a);
        double y = format.Decode(b);
        ulong nearest = format == FloatFormat.Single
            ? Bits((float)x + (float)y)
            : format.Encode(x + y);
        return Directed(format, nearest, rounding, x == -y, double.IsFinite(x) && double.IsFinite(y), () => SignOf([x, 1, y, 1, -format.Decode(nearest), 1]));
    }

    internal static ulong Product(FloatFormat format, ulong a, ulong b, Rounding rounding)
    {
        double x = format.Decode(a);
        double y = format.Decode(b);
        ulong nearest = format.Encode(x * y);
        return Directed(
            format, nearest, rounding, false, double.IsFinite(x) && double.IsFinite(y), () => SignOf([x, y, -format.Decode(nearest), 1]));
    }

    internal static ulong Fused(FloatFormat format, ulong a, ulong b, ulong c, Rounding rounding)
    {
        double x = format.Decode(a);
        double y = format.Decode(b);
        double z = format.Decode(c);
        ulong nearest;
        if (format == FloatFormat.Double)
        {
            nearest = BitConverter.DoubleToUInt64Bits(Math.FusedMultiplyAdd(x, y, z));
        }
        else if (format == FloatFormat.Single)
        {
            nearest = Bits(MathF.FusedMultiplyAdd((float)x, (float)y, (float)z));
        }
        else
        {
            nearest = format.Encode(OddSum(x * y, z));
        }

        return Directed(
            format, Canonical(format, nearest), rounding, x * y == -z,
            double.IsFinite(x) && double.IsFinite(y) && double.IsFinite(z),
            () => SignOf([x, y, z, 1, -format.Decode(nearest), 1]));
    }

    internal static ulong Quotient(FloatFormat format, ulong a, ulong b, Rounding rounding)
    {
        double x = format.Decode(a);
        double y = format.Decode(b);
        ulong nearest = format == FloatFormat.Single ? Bits((float)x / (float)y) : format.Encode(x / y);
        return Directed(
            format, Canonical(format, nearest), rounding, false, double.IsFinite(x) && double.IsFinite(y) && y != 0,
            () => SignOf([x, 1, -format.Decode(nearest), y]) * Math.Sign(y));
    }

    internal static ulong Root(FloatFormat format, ulong a, Rounding rounding)
    {
        double x = format.Decode(a);
        ulong nearest = format == FloatFormat.Single ? Bits(MathF.Sqrt((float)x)) : format.Encode(Math.Sqrt(x));
        double root = format.Decode(nearest);
        return Directed(
            format, Canonical(format, nearest), rounding, false, double.IsFinite(x), () => SignOf([x, 1, -root, root]));
    }

    /// <summary>A number in a format, in a rounding mode.</summary>
    internal static ulong Convert(FloatFormat format, double value, Rounding rounding) => format.Encode(value, rounding);

    private static ulong Bits(float value) =>
        float.IsNaN(value) ? FloatFormat.Single.NaN : BitConverter.SingleToUInt32Bits(value);

    private static ulong Canonical(FloatFormat format, ulong bits) => format.IsNaN(bits) ? format.NaN : bits;

    /// <summary>A sum whose last bit says that it is not exact, so that rounding it again gives the right result.</summary>
    private static double OddSum(double a, double b)
    {
        double sum = a + b;
        if (!double.IsFinite(sum))
        {
            return sum;
        }

        double other = sum - a;
        double error = (a - (sum - other)) + (b - other);
        ulong bits = BitConverter.DoubleToUInt64Bits(sum);
        if (error == 0 || (bits & 1) != 0)
        {
            return sum;
        }

        return error > 0 == sum > 0
            ? BitConverter.UInt64BitsToDouble(bits + 1)
            : BitConverter.UInt64BitsToDouble(bits - 1);
    }

    /// <summary>The neighbour of the nearest value, where the mode asks for it.</summary>
    private static ulong Directed(
        FloatFormat format, ulong nearest, Rounding rounding, bool cancels, bool isFinite, Func<int> errorSign)
    {
        nearest = Canonical(format, nearest);
        if (rounding is Rounding.Nearest || !isFinite || format.IsNaN(nearest))
        {
            return nearest;
        }

        ulong magnitude = nearest & ~format.SignBit;
        bool isNegative = (nearest & format.SignBit) != 0;
        if (magnitude == 0 && cancels)
        {
            // x - x is +0, but -0 when rounding down (IEEE 754, 6.3); the sum of zeroes of one sign keeps it.
            return rounding == Rounding.Down ? format.SignBit : nearest;
        }

        int error = magnitude == format.Infinity ? (isNegative ? 1 : -1) : errorSign();
        if (error == 0)
        {
            return nearest;
        }

        // The true value lies above (1) or below (-1) the nearest one.
        bool up = error > 0;
        bool moves = rounding switch
        {
            Rounding.Up => up,
            Rounding.Down => !up,
            _ => magnitude == 0 ? false : up == isNegative,
        };
        if (!moves)
        {
            return nearest;
        }

        if (magnitude == 0)
        {
            return up ? 1 : format.SignBit | 1;
        }

        return up == isNegative ? nearest - 1 : nearest + 1;
    }

    /// <summary>The sign of a sum of products, computed without rounding. Infinities do not come here.</summary>
    private static int SignOf(ReadOnlySpan<double> pairs)
    {
        BigInteger sum = BigInteger.Zero;
        for (int i = 0; i < pairs.Length; i += 2)
        {
            if (!double.IsFinite(pairs[i]) || !double.IsFinite(pairs[i + 1]))
            {
                return 0;
            }

            (BigInteger a, int aExponent) = Split(pairs[i]);
            (BigInteger b, int bExponent) = Split(pairs[i + 1]);
            sum += a * b << (aExponent + bExponent + 2200);
        }

        return sum.Sign;
    }

    private static (BigInteger Mantissa, int Exponent) Split(double value)
    {
        ulong bits = BitConverter.DoubleToUInt64Bits(value);
        int exponent = (int)(bits >> 52 & 0x7FF);
        ulong mantissa = bits & ((1UL << 52) - 1);
        BigInteger whole = exponent == 0 ? mantissa : mantissa | (1UL << 52);
        return (value < 0 ? -whole : whole, Math.Max(exponent, 1) - 1075);
    }
}

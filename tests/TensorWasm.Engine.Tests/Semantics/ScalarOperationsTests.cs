using System.Numerics;
using TensorWasm.Engine.CompilerServices;

namespace TensorWasm.Engine.Tests.Semantics;

/// <summary>Scalar instructions against exact integer arithmetic (core specification, section 4.3).</summary>
public sealed class ScalarOperationsTests
{
    private const int Random = 3000;

    private static readonly float[] Floats = [.. Samples.Singles(Random, 1).Select(BitConverter.UInt32BitsToSingle)];
    private static readonly double[] Doubles = [.. Samples.Doubles(Random, 2).Select(BitConverter.UInt64BitsToDouble)];
    private static readonly ulong[] Integers = Samples.Integers(Random, 3);

    [Fact]
    public void Signed_truncations_trap_or_saturate_outside_the_range()
    {
        foreach (var a in Floats)
        {
            Truncates(a, -(BigInteger.One << 31), (BigInteger.One << 31) - 1,
                () => ScalarOperations.I32TruncF32S(a), ScalarOperations.I32TruncSatF32S(a));
            Truncates(a, -(BigInteger.One << 63), (BigInteger.One << 63) - 1,
                () => ScalarOperations.I64TruncF32S(a), ScalarOperations.I64TruncSatF32S(a));
        }
        foreach (var a in Doubles)
        {
            Truncates(a, -(BigInteger.One << 31), (BigInteger.One << 31) - 1,
                () => ScalarOperations.I32TruncF64S(a), ScalarOperations.I32TruncSatF64S(a));
            Truncates(a, -(BigInteger.One << 63), (BigInteger.One << 63) - 1,
                () => ScalarOperations.I64TruncF64S(a), ScalarOperations.I64TruncSatF64S(a));
        }
    }

    [Fact]
    public void Unsigned_truncations_trap_or_saturate_outside_the_range()
    {
        foreach (var a in Floats)
        {
            Truncates(a, 0, uint.MaxValue,
                () => (uint)ScalarOperations.I32TruncF32U(a), (uint)ScalarOperations.I32TruncSatF32U(a));
            Truncates(a, 0, ulong.MaxValue,
                () => (ulong)ScalarOperations.I64TruncF32U(a), (ulong)ScalarOperations.I64TruncSatF32U(a));
        }
        foreach (var a in Doubles)
        {
            Truncates(a, 0, uint.MaxValue,
                () => (uint)ScalarOperations.I32TruncF64U(a), (uint)ScalarOperations.I32TruncSatF64U(a));
            Truncates(a, 0, ulong.MaxValue,
                () => (ulong)ScalarOperations.I64TruncF64U(a), (ulong)ScalarOperations.I64TruncSatF64U(a));
        }
    }

    [Fact]
    public void Conversions_from_unsigned_integers_round_once()
    {
        foreach (var a in Integers)
        {
            Assert.Equal(Exact.RoundToFloat(a, 23, 127),
                BitConverter.SingleToUInt32Bits(ScalarOperations.F32ConvertI64U((long)a)));
            Assert.Equal(Exact.RoundToFloat(a, 52, 1023),
                BitConverter.DoubleToUInt64Bits(ScalarOperations.F64ConvertI64U((long)a)));
            Assert.Equal(Exact.RoundToFloat((uint)a, 23, 127),
                BitConverter.SingleToUInt32Bits(ScalarOperations.F32ConvertI32U((int)a)));
            Assert.Equal(Exact.RoundToFloat((uint)a, 52, 1023),
                BitConverter.DoubleToUInt64Bits(ScalarOperations.F64ConvertI32U((int)a)));
        }
    }

    [Fact]
    public void Rounding_is_to_an_integer_and_keeps_the_sign_of_zero()
    {
        foreach (var a in Floats)
        {
            Same(a, Exact.Nearest, ScalarOperations.F32Nearest(a));
            Same(a, x => Exact.Round(x, 1), ScalarOperations.F32Ceil(a));
            Same(a, x => Exact.Round(x, -1), ScalarOperations.F32Floor(a));
            Same(a, x => Exact.Round(x, 0), ScalarOperations.F32Trunc(a));
        }
        foreach (var a in Doubles)
        {
            Same(a, Exact.Nearest, ScalarOperations.F64Nearest(a));
            Same(a, x => Exact.Round(x, 1), ScalarOperations.F64Ceil(a));
            Same(a, x => Exact.Round(x, -1), ScalarOperations.F64Floor(a));
            Same(a, x => Exact.Round(x, 0), ScalarOperations.F64Trunc(a));
        }
    }

    [Fact]
    public void Minimum_and_maximum_order_zeros_and_propagate_nan()
    {
        var source = new Random(4);
        foreach (var a in Floats)
        {
            foreach (var b in Partners(Floats, source))
            {
                SameSingle(Expect.Binary(a, b, (x, y) => (float)Exact.Extremum(x, y, false)), ScalarOperations.F32Min(a, b));
                SameSingle(Expect.Binary(a, b, (x, y) => (float)Exact.Extremum(x, y, true)), ScalarOperations.F32Max(a, b));
            }
        }
        foreach (var a in Doubles)
        {
            foreach (var b in Partners(Doubles, source))
            {
                SameDouble(Expect.Binary(a, b, (x, y) => Exact.Extremum(x, y, false)), ScalarOperations.F64Min(a, b));
                SameDouble(Expect.Binary(a, b, (x, y) => Exact.Extremum(x, y, true)), ScalarOperations.F64Max(a, b));
            }
        }
    }

    [Fact]
    public void Sign_operations_work_on_bits_even_of_nan()
    {
        foreach (var a in Samples.Singles(100, 5))
        {
            var value = BitConverter.UInt32BitsToSingle(a);
            Assert.Equal(a & 0x7FFF_FFFF, BitConverter.SingleToUInt32Bits(ScalarOperations.F32Abs(value)));
            foreach (var b in Samples.Singles(10, 6))
            {
                Assert.Equal(a & 0x7FFF_FFFF | b & 0x8000_0000, BitConverter.SingleToUInt32Bits(
                    ScalarOperations.F32Copysign(value, BitConverter.UInt32BitsToSingle(b))));
            }
        }
        foreach (var a in Samples.Doubles(100, 7))
        {
            var value = BitConverter.UInt64BitsToDouble(a);
            Assert.Equal(a & ~(1UL << 63), BitConverter.DoubleToUInt64Bits(ScalarOperations.F64Abs(value)));
            foreach (var b in Samples.Doubles(10, 8))
            {
                Assert.Equal(a & ~(1UL << 63) | b & 1UL << 63, BitConverter.DoubleToUInt64Bits(
                    ScalarOperations.F64Copysign(value, BitConverter.UInt64BitsToDouble(b))));
            }
        }
    }

    [Fact]
    public void Bit_counts_and_rotations_follow_the_binary_digits()
    {
        foreach (var a in Integers)
        {
            var digits = Convert.ToString((long)a, 2).PadLeft(64, '0');
            Counts(digits, ScalarOperations.I64Clz((long)a), ScalarOperations.I64Ctz((long)a), ScalarOperations.I64Popcnt((long)a));
            Counts(digits[32..], ScalarOperations.I32Clz((int)a), ScalarOperations.I32Ctz((int)a), ScalarOperations.I32Popcnt((int)a));
            foreach (var count in (int[])[0, 1, 7, 31, 32, 33, 63, 64, 65, -1, int.MinValue])
            {
                var left = count & 63;
                Assert.Equal(Convert.ToInt64(digits[left..] + digits[..left], 2), ScalarOperations.I64Rotl((long)a, count));
                Assert.Equal((long)a, ScalarOperations.I64Rotr(ScalarOperations.I64Rotl((long)a, count), count));
                left = count & 31;
                Assert.Equal(Convert.ToInt32(digits[(32 + left)..] + digits[32..(32 + left)], 2), ScalarOperations.I32Rotl((int)a, count));
                Assert.Equal((int)a, ScalarOperations.I32Rotr(ScalarOperations.I32Rotl((int)a, count), count));
            }
        }

        static void Counts(string digits, long leading, long trailing, long ones)
        {
            Assert.Equal(digits.Length - digits.TrimStart('0').Length, leading);
            Assert.Equal(digits.Length - digits.TrimEnd('0').Length, trailing);
            Assert.Equal(digits.Count(digit => digit == '1'), ones);
        }
    }

    [Fact]
    public void Remainder_of_the_smallest_integer_by_minus_one_is_zero()
    {
        Assert.Equal(0, ScalarOperations.I32RemS(int.MinValue, -1));
        Assert.Equal(0, ScalarOperations.I64RemS(long.MinValue, -1));
        Assert.Equal(-1, ScalarOperations.I32RemS(-7, 3));
        Assert.Equal(1, ScalarOperations.I64RemS(7, -3));
        Assert.Throws<DivideByZeroException>(() => ScalarOperations.I32RemS(1, 0));
        Assert.Throws<DivideByZeroException>(() => ScalarOperations.I64RemS(1, 0));
    }

    private static void Truncates(double a, BigInteger least, BigInteger most, Func<BigInteger> trapping, BigInteger saturated)
    {
        if (double.IsNaN(a))
        {
            Assert.Equal(TrapCode.InvalidConversionToInteger, Assert.Throws<TrapException>(() => { _ = trapping(); }).Code);
            Assert.Equal(0, saturated);
            return;
        }

        var exact = double.IsInfinity(a) ? (a > 0 ? most : least) + Math.Sign(a) : Exact.Truncate(a);
        if (exact >= least && exact <= most)
        {
            Assert.Equal(exact, trapping());
            Assert.Equal(exact, saturated);
        }
        else
        {
            Assert.Equal(TrapCode.IntegerOverflow, Assert.Throws<TrapException>(() => { _ = trapping(); }).Code);
            Assert.Equal(exact < least ? least : most, saturated);
        }
    }

    private static IEnumerable<T> Partners<T>(T[] all, Random source)
    {
        // All edge cases, which come first, and a few random ones.
        for (var i = 0; i < 110; i++) yield return all[i];
        for (var i = 0; i < 10; i++) yield return all[source.Next(all.Length)];
    }

    private static void Same(float a, Func<double, double> exact, float actual) =>
        SameSingle(Expect.Unary(a, x => (float)exact(x)), actual);

    private static void Same(double a, Func<double, double> exact, double actual) =>
        SameDouble(Expect.Unary(a, exact), actual);

    private static void SameSingle(ExpectedFloat expected, float actual) =>
        Assert.True(expected.Admits(BitConverter.SingleToUInt32Bits(actual)), $"{expected}, but {actual}");

    private static void SameDouble(ExpectedFloat expected, double actual) =>
        Assert.True(expected.Admits(BitConverter.DoubleToUInt64Bits(actual)), $"{expected}, but {actual}");
}

using System.Buffers.Binary;
using System.Globalization;
using System.Text;

namespace TensorWasm.Wasm.Tests.Text;

public sealed class NumberLiteralTests
{
    // Expected bits are worked out by hand from the literals; most sit at a rounding or range boundary.
    [Theory]
    [InlineData("0x1p0", 0x3F800000u)]
    [InlineData("0x1.8p1", 0x40400000u)]
    [InlineData("-0x0p0", 0x80000000u)]
    [InlineData("0x1.fffffep127", 0x7F7FFFFFu)] // the largest
    [InlineData("0x1.fffffefffffffp127", 0x7F7FFFFFu)] // just below half way to 2^128
    [InlineData("0x1p-149", 0x00000001u)] // the smallest
    [InlineData("0x1p-150", 0x00000000u)] // half of it: to even
    [InlineData("0x1.000001p-150", 0x00000001u)] // a little more than half
    [InlineData("0x1p-126", 0x00800000u)] // the smallest normal number
    [InlineData("0x0.fffffep-126", 0x007FFFFFu)] // the largest below it
    [InlineData("0x0.ffffffp-126", 0x00800000u)] // half way: to even, which is normal
    [InlineData("0x1.000001p0", 0x3F800000u)] // half way: to even, down
    [InlineData("0x1.000003p0", 0x3F800002u)] // half way: to even, up
    [InlineData("0x1.00000100000000000000001p0", 0x3F800001u)] // a far digit breaks the tie
    [InlineData("0x100000000000000000000000000000p-116", 0x3F800000u)]
    [InlineData("16777217", 0x4B800000u)] // 2^24 + 1 is half way: to even
    [InlineData("16777219", 0x4B800002u)]
    [InlineData("3.4028234663852886e38", 0x7F7FFFFFu)]
    [InlineData("1e-9999999999999999999999", 0u)]
    [InlineData("0e9999999999999999999999", 0u)]
    [InlineData("inf", 0x7F800000u)]
    [InlineData("-inf", 0xFF800000u)]
    [InlineData("nan", 0x7FC00000u)]
    [InlineData("-nan", 0xFFC00000u)]
    [InlineData("nan:0x1", 0x7F800001u)]
    [InlineData("-nan:0x7f_ffff", 0xFFFFFFFFu)]
    [InlineData("1_0.2_5e+0_1", 0x42CD0000u)] // 102.5 = 1.1001101b * 2^6
    public void An_f32_literal_has_these_bits(string literal, uint expected) =>
        Assert.Equal(expected, F32(literal));

    [Theory]
    [InlineData("0x1.fffffffffffffp1023", 0x7FEFFFFFFFFFFFFFul)]
    [InlineData("0x1.fffffffffffff7p1023", 0x7FEFFFFFFFFFFFFFul)]
    [InlineData("0x1p-1074", 1ul)]
    [InlineData("0x1p-1075", 0ul)]
    [InlineData("0x1.8p-1075", 1ul)]
    [InlineData("0x1.00000000000008p0", 0x3FF0000000000000ul)]
    [InlineData("0x1.000000000000080000000001p0", 0x3FF0000000000001ul)]
    [InlineData("0x1.00000000000018p0", 0x3FF0000000000002ul)]
    [InlineData("9007199254740993", 0x4340000000000000ul)] // 2^53 + 1
    [InlineData("2.2250738585072011e-308", 0x000FFFFFFFFFFFFFul)]
    [InlineData("nan:0xfffffffffffff", 0x7FFFFFFFFFFFFFFFul)]
    public void An_f64_literal_has_these_bits(string literal, ulong expected) =>
        Assert.Equal(expected, F64(literal));

    [Theory]
    [InlineData("f32.const", "0x1p128")]
    [InlineData("f32.const", "0x1.ffffffp127")]
    [InlineData("f32.const", "3.5e38")]
    [InlineData("f32.const", "1e9999999999999999999999")]
    [InlineData("f32.const", "nan:0x0")]
    [InlineData("f32.const", "nan:0x800000")]
    [InlineData("f64.const", "0x1p1024")]
    [InlineData("f64.const", "0x1.fffffffffffff8p1023")]
    [InlineData("f64.const", "0x1p99999999999999999999")]
    [InlineData("f64.const", "nan:0x10000000000000")]
    [InlineData("i32.const", "4294967296")]
    [InlineData("i32.const", "-2147483649")]
    [InlineData("i64.const", "18446744073709551616")]
    [InlineData("i64.const", "-9223372036854775809")]
    [InlineData("i64.const", "0x1_0000_0000_0000_0000")]
    public void A_value_out_of_range_is_refused(string instruction, string literal)
    {
        var error = Assert.Throws<WasmFormatException>(() => Constant(instruction, literal));
        Assert.StartsWith("constant out of range", error.Reason, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("1__0")]
    [InlineData("_1")]
    [InlineData("1_")]
    [InlineData("0x")]
    [InlineData("0x_1")]
    [InlineData("1e")]
    [InlineData("1e_1")]
    [InlineData("1._5")]
    [InlineData("1_.5")]
    [InlineData(".5")]
    [InlineData("+-1")]
    [InlineData("0x1p0x1")]
    [InlineData("0b1")]
    [InlineData("nan:")]
    [InlineData("infinity")]
    public void What_is_no_number_is_an_unknown_word(string literal)
    {
        var error = Assert.Throws<WasmFormatException>(() => Constant("f64.const", literal));
        Assert.StartsWith("unknown operator", error.Reason, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("i32.const", "-2147483648", 0x80000000ul)]
    [InlineData("i32.const", "4294967295", 0xFFFFFFFFul)]
    [InlineData("i32.const", "-0x8000_0000", 0x80000000ul)]
    [InlineData("i32.const", "+7", 7ul)]
    [InlineData("i64.const", "-9223372036854775808", 0x8000000000000000ul)]
    [InlineData("i64.const", "0xffff_ffff_ffff_ffff", ulong.MaxValue)]
    public void Integers_may_be_signed_or_not(string instruction, string literal, ulong expected)
    {
        var reader = new CodeReader(Constant(instruction, literal));
        reader.ReadOpcode();
        Assert.Equal(expected, instruction == "i32.const" ? (uint)reader.ReadS32() : (ulong)reader.ReadS64());
    }

    [Fact]
    public void Random_literals_round_as_exact_arithmetic_does()
    {
        var random = new Random(20260101);
        for (var i = 0; i < 4000; i++)
        {
            var literal = RandomLiteral(random);
            var (numerator, denominator) = ExactNumber.Parse(literal);
            Check("f32.const", ExactNumber.Round(numerator, denominator, 24, 8));
            Check("f64.const", ExactNumber.Round(numerator, denominator, 53, 11));

            void Check(string instruction, ulong? expected)
            {
                if (expected is { } bits)
                {
                    var actual = instruction == "f32.const" ? F32(literal) : F64(literal);
                    Assert.True(bits == actual, $"{instruction} {literal}: {actual:x}, not {bits:x}");
                }
                else
                {
                    Assert.Throws<WasmFormatException>(() => Constant(instruction, literal));
                }
            }
        }
    }

    [Fact]
    public void Printed_floats_parse_to_the_same_bits()
    {
        var random = new Random(7);
        for (var i = 0; i < 20_000; i++)
        {
            var bits = (ulong)random.NextInt64() << 1 ^ (ulong)random.NextInt64();
            Assert.Equal((uint)bits, F32(FloatPrinter.F32((uint)bits)));
            Assert.Equal(bits, F64(FloatPrinter.F64(bits)));
        }
        uint[] special = [0, 0x80000000, 1, 0x7F800000, 0xFF800000, 0x7FC00000, 0xFFC00000, 0x7F800001, 0x7F7FFFFF];
        foreach (var bits in special)
        {
            Assert.Equal(bits, F32(FloatPrinter.F32(bits)));
        }
    }

    [Fact]
    public void Digits_far_away_count_and_cost_linear_time()
    {
        // Half way between 1 and the next f32, then a million zeros, then one digit that breaks the tie.
        var zeros = new string('0', 1_000_000);
        Assert.Equal(0x3F800001u, F32($"0x1.000001{zeros}1p0"));
        Assert.Equal(0x3F800000u, F32($"0x1.000001{zeros}0p0"));
        Assert.Equal(0x4B800001u, F32($"16777217.{zeros}1"));
        Assert.Equal(0x3F800000u, F32($"0.{zeros}1e1000001"));
        Assert.Equal(0x3F800000u, F32($"1{zeros}e-1000000"));
    }

    /// <summary>Literals near halves of the last place, near the ends of the range, and plain ones.</summary>
    private static string RandomLiteral(Random random)
    {
        var text = new StringBuilder();
        var hex = random.Next(2) == 0;
        if (hex) text.Append("0x");
        var digits = random.Next(1, 25);
        var point = random.Next(-1, digits);
        for (var i = 0; i < digits; i++)
        {
            var digit = random.Next(4) switch
            {
                0 => 0,
                1 => hex ? 15 : 9,
                2 => hex ? 8 : 5,
                _ => random.Next(hex ? 16 : 10),
            };
            text.Append(digit.ToString("x", CultureInfo.InvariantCulture));
            if (i == point) text.Append('.');
        }
        if (random.Next(4) == 0) return text.ToString();
        var reach = random.Next(3) switch { 0 => 10, 1 => hex ? 160 : 48, _ => hex ? 1100 : 330 };
        return text.Append(hex ? 'p' : 'e').Append(random.Next(-reach, reach)).ToString();
    }

    private static uint F32(string literal) =>
        BinaryPrimitives.ReadUInt32LittleEndian(Constant("f32.const", literal).AsSpan(1));

    private static ulong F64(string literal) =>
        BinaryPrimitives.ReadUInt64LittleEndian(Constant("f64.const", literal).AsSpan(1));

    private static byte[] Constant(string instruction, string literal) =>
        WatParser.Parse($"(func {instruction} {literal} drop)").Bodies[0].Code.ToArray();
}

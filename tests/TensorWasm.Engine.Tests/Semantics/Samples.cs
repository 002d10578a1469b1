namespace TensorWasm.Engine.Tests.Semantics;

/// <summary>Operands that make a difference, and reproducible random ones.</summary>
internal static class Samples
{
    /// <summary>The bit patterns of single-precision numbers at every edge, then random ones.</summary>
    public static uint[] Singles(int random, int seed)
    {
        float[] numbers =
        [
            0, float.Epsilon, 1.17549421e-38f, 1.17549435e-38f, 0.25f, 0.49999997f, 0.5f, 0.50000006f, 0.99999994f, 1,
            1.5f, 2, 2.5f, 3, 3.5f, 126.5f, 127, 127.5f, 128, 254.5f, 255, 256, 32767, 32767.5f, 32768, 65535, 65536,
            4194303.5f, 4194304.5f, 8388607.5f, 8388608, 16777216, 2147483520f, 2147483648f, 2147483904f, 4294967040f,
            4294967296f, 9223371487098961920f, 9223372036854775808f, 18446742974197923840f, 18446744073709551616f,
            float.MaxValue, float.PositiveInfinity, MathF.PI, 1e-10f, 1e10f,
        ];
        uint[] nans = [0x7FC0_0000, 0x7F80_0001, 0x7FA0_0000, 0x7FBF_FFFF, 0x7FC1_2345, 0x7FFF_FFFF];
        var source = new Random(seed);
        var edges = numbers.Select(BitConverter.SingleToUInt32Bits).Concat(nans);
        return
        [
            .. edges.SelectMany(bits => new[] { bits, bits | 0x8000_0000 }),
            .. Enumerable.Range(0, random).Select(_ => (uint)source.NextInt64()),
            .. Enumerable.Range(0, random).Select(_ => BitConverter.SingleToUInt32Bits(
                (float)((source.NextDouble() - 0.5) * Math.Pow(2, source.Next(70))))),
        ];
    }

    /// <summary>The bit patterns of double-precision numbers at every edge, then random ones.</summary>
    public static ulong[] Doubles(int random, int seed)
    {
        double[] numbers =
        [
            0, double.Epsilon, 2.2250738585072009e-308, 2.2250738585072014e-308, 0.25, 0.49999999999999994, 0.5,
            0.50000000000000011, 0.99999999999999989, 1, 1.5, 2, 2.5, 3, 3.5, 126.5, 127, 127.5, 128, 254.5, 255, 256,
            32767, 32767.5, 32768, 65535, 65536, 2147483646.9999998, 2147483647, 2147483647.0000002, 2147483647.9999998,
            2147483648, 2147483648.0000005, 2147483648.9999995, 2147483649, 4294967294.5, 4294967295, 4294967295.5,
            4294967295.9999995, 4294967296, 2251799813685247.5, 2251799813685249.5, 4503599627370495.5,
            4503599627370496, 9007199254740992, 9223372036854774784, 9223372036854775808, 9223372036854777856,
            18446744073709549568, 18446744073709551616.0, 1.40129846432481707e-45, 7.0064923216240853e-46,
            7.0064923216240869e-46, 1.1754943157898259e-38, 1.1754943508222875e-38, 3.4028234663852886e38,
            3.4028235677973362e38, 3.4028235677973366e38, double.MaxValue, double.PositiveInfinity, Math.PI, 1e-10, 1e10,
        ];
        ulong[] nans =
        [
            0x7FF8_0000_0000_0000, 0x7FF0_0000_0000_0001, 0x7FF4_0000_0000_0000, 0x7FF7_FFFF_FFFF_FFFF,
            0x7FF8_1234_5678_9ABC, 0x7FFF_FFFF_FFFF_FFFF,
        ];
        var source = new Random(seed);
        var edges = numbers.Select(BitConverter.DoubleToUInt64Bits).Concat(nans);
        return
        [
            .. edges.SelectMany(bits => new[] { bits, bits | 1UL << 63 }),
            .. Enumerable.Range(0, random).Select(_ => Bits(source)),
            .. Enumerable.Range(0, random).Select(_ => BitConverter.DoubleToUInt64Bits(
                (source.NextDouble() - 0.5) * Math.Pow(2, source.Next(70)))),
        ];
    }

    /// <summary>Integers at the edges of every lane width, then random ones of every length.</summary>
    public static ulong[] Integers(int random, int seed)
    {
        var source = new Random(seed);
        var edges = new List<ulong> { 0, ulong.MaxValue, 0x5555_5555_5555_5555, 0xAAAA_AAAA_AAAA_AAAA };
        foreach (var width in (int[])[4, 8, 16, 24, 25, 32, 53, 54, 63])
        {
            var power = 1UL << width;
            edges.AddRange([power - 1, power, power + 1, (ulong)-(long)power, ~power, power + (power >> 1)]);
        }
        // Around the ties of the conversions to floating point.
        foreach (var tie in (ulong[])[0x8000_0080_0000_0000, 0x8000_0000_0000_0400, 0x0080_0000_4000_0000, 0x0020_0000_0000_0001])
        {
            edges.AddRange([tie - 1, tie, tie + 1, tie | 1UL << 60, (tie | 1UL << 60) + 1]);
        }
        return [.. edges, .. Enumerable.Range(0, random).Select(_ => Bits(source) >> source.Next(64))];
    }

    private static ulong Bits(Random source)
    {
        Span<byte> bytes = stackalloc byte[8];
        source.NextBytes(bytes);
        return BitConverter.ToUInt64(bytes);
    }
}

namespace TensorWasm.Engine.Tests.Semantics;

/// <summary>The operands of one execution of a vector instruction.</summary>
/// <param name="A">The first vector's bytes.</param>
/// <param name="B">The second vector's bytes.</param>
/// <param name="C">The third vector's bytes.</param>
/// <param name="Scalar">The bits of a scalar operand.</param>
/// <param name="Lane">A lane immediate.</param>
/// <param name="Shuffle">A shuffle's lane indices.</param>
internal sealed record VectorCase(byte[] A, byte[] B, byte[] C, ulong Scalar, int Lane, byte[] Shuffle)
{
    /// <summary>The lanes of a vector as unsigned numbers.</summary>
    public static ulong[] Lanes(byte[] vector, int width)
    {
        var lanes = new ulong[128 / width];
        for (var i = 0; i < 16; i++) lanes[i * 8 / width] |= (ulong)vector[i] << i * 8 % width;
        return lanes;
    }

    /// <summary>Operands: bytes at random, edge cases of each lane width, and edge cases of both precisions.</summary>
    public static IEnumerable<VectorCase> Generate(int count, int seed)
    {
        var source = new Random(seed);
        var integers = Samples.Integers(200, seed);
        var singles = Samples.Singles(100, seed).Select(bits => (ulong)bits).ToArray();
        var doubles = Samples.Doubles(100, seed);
        for (var i = 0; i < count; i++)
        {
            var kind = i % 8;
            var a = Vector(kind);
            // Equal lanes are rare by chance.
            var b = source.Next(8) == 0 ? [.. a] : Vector(kind);
            if (source.Next(4) == 0) Array.Copy(a, 0, b, source.Next(4) * 4, 4);
            var scalar = kind switch { 6 => Pick(singles), 7 => Pick(doubles), _ => Pick(integers) };
            var shuffle = new byte[16];
            for (var lane = 0; lane < 16; lane++) shuffle[lane] = (byte)source.Next(32);
            yield return new VectorCase(a, b, Vector(kind), scalar, i / 8, shuffle);
        }

        ulong Pick(ulong[] pool) => pool[source.Next(pool.Length)];

        byte[] Vector(int kind)
        {
            var bytes = new byte[16];
            var width = kind switch { 0 => 0, 1 or 2 => 8, 3 => 16, 4 or 6 => 32, _ => 64 };
            source.NextBytes(bytes);
            if (kind == 2)
            {
                // Small numbers, which make sense as lane indices.
                for (var i = 0; i < 16; i++) bytes[i] %= 40;
            }
            if (kind is 0 or 2) return bytes;

            for (var lane = 0; lane < 128 / width; lane++)
            {
                var value = kind switch { 6 => Pick(singles), 7 => Pick(doubles), _ => Edge(width) };
                for (var i = 0; i < width / 8; i++) bytes[lane * width / 8 + i] = (byte)(value >> 8 * i);
            }
            return bytes;
        }

        ulong Edge(int width) => source.Next(3) switch
        {
            0 => Pick(integers),
            1 => (1UL << width - 1) - (ulong)source.Next(2),
            _ => (ulong)source.Next(-3, 4),
        };
    }
}

namespace TensorWasm.Gpu.Bench;

/// <summary>A sample's kernel at a size that keeps a large GPU busy for at least tenths of a millisecond.</summary>
/// <param name="Folder">The sample.</param>
/// <param name="Entry">The kernel.</param>
/// <param name="Shape">How it is launched.</param>
/// <param name="Arguments">Its arguments: numbers, or buffers to be made.</param>
internal sealed record SampleKernel(string Folder, string Entry, LaunchShape Shape, object[] Arguments)
{
    private static readonly Dim3 Block = new(256);

    /// <summary>The kernels of the samples.</summary>
    internal static IReadOnlyList<SampleKernel> All { get; } =
    [
        new("vector-add", "vector_add", new(new(1 << 18), Block), [F(1 << 26), F(1 << 26), F(1 << 26), 1u << 26]),
        new("saxpy", "saxpy", new(new((1 << 16) + 1), Block), [1u << 26, 2.5f, F(1 << 26), F(1 << 26)]),
        new("reduce", "sum", new(new(1_008), Block), [W(1 << 27), W(1), 1u << 27, 135_168u]),
        new("reduce", "dot", new(new(1_008), Block), [F(1 << 27), F(1 << 27), F(1_024), 1u << 27, 135_168u]),
        new("softmax", "softmax", new(new(16_384), Block), [F(1 << 26), F(1 << 26), 1_024u]),
        new("rmsnorm", "rmsnorm", new(new(16_384), Block), [F(1 << 26), F(4_096), F(1 << 26), 1_024u, 1e-6f]),
        new("matvec", "matvec", new(new(2_048), Block), [F(1 << 27), F(8_192), F(16_384), 16_384u, 2_048u]),
        new("matmul-naive", "matmul", new(new(64, 256), new(32, 8)),
            [F(1 << 22), F(1 << 22), F(1 << 22), 2_048u, 2_048u, 2_048u]),
        new("matmul-tiled", "matmul", new(new(64, 64), Block),
            [F(1 << 24), F(1 << 24), F(1 << 24), 4_096u, 4_096u, 4_096u]),
        new("matmul-mma", "matmul", new(new(64, 64), Block), [H(1 << 26), H(1 << 26), F(1 << 26), 8_192u, 8_192u]),
        new("conv2d", "convolve", new(new(256, 128), Block), [F(1 << 26), F(25), F(1 << 26), 8_192u, 8_192u]),
        new("histogram", "histogram", new(new(1_008), Block), [W(1 << 26), W(256), 1u << 28, 278_528u]),
        new("transpose", "transpose", new(new(256, 256), Block), [W(1 << 26), W(1 << 26), 8_192u, 8_192u]),
        new("monte-carlo", "price", new(new(2_112), Block), [F(4_224), 100f, 105f, 0.01f, 0.2f, 64u, 7u]),
        new("nbody", "step", new(new(256), Block), [F(1 << 18), F(1 << 18), F(1 << 18), 65_536u, 0.001f, 0.01f]),
        new("mandelbrot-png", "mandelbrot", new(new(128, 341), Block),
            [W(1 << 24), 4_096u, 2_728u, -2.2f, -1f, 3f / 4_096, 1_000u]),
    ];

    private static Buffered F(int count) => new(count, Content.Floats);

    private static Buffered W(int count) => new(count, Content.Words);

    private static Buffered H(int count) => new(count / 2, Content.Halves);

    /// <summary>What a buffer begins with.</summary>
    internal enum Content
    {
        Floats,
        Words,
        Halves,
    }

    /// <summary>A buffer argument.</summary>
    /// <param name="Count">Its 32-bit words.</param>
    /// <param name="Content">What is in them at first.</param>
    internal sealed record Buffered(int Count, Content Content)
    {
        internal uint[] Make(int seed)
        {
            var words = new uint[Count];
            var state = (ulong)seed + 1;
            for (var i = 0; i < words.Length; i++)
            {
                state = (state * 6364136223846793005) + 1442695040888963407;
                var bits = (uint)(state >> 33);
                words[i] = Content switch
                {
                    Content.Floats => BitConverter.SingleToUInt32Bits(((bits & 0xFFFF) / 65_536f) + 0.01f),
                    Content.Halves => 0x3000_3000 | (bits & 0x03FF_03FF),
                    _ => bits,
                };
            }
            return words;
        }
    }
}

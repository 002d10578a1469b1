namespace TensorWasm.Gpu.Bench;

/// <summary>
/// The samples. Loops are as one writes them for the task, without vectors, over the rows or elements of the result in
/// parallel.
/// </summary>
internal static partial class Samples
{
    public static IEnumerable<Sample> All =>
    [
        VectorAdd(), Saxpy(), Sum(), Dot(), Softmax(), RmsNorm(), MatVec(), MatMulNaive(), MatMulTiled(), MatMulMma(),
        Convolution(), Histogram(), Transpose(), MonteCarlo(), NBody(), Mandelbrot(),
    ];

    private static uint Blocks(int count, int perBlock) => (uint)((count + perBlock - 1) / perBlock);

    private static float[] Uniform(int count, int seed)
    {
        var random = new Random(seed);
        var values = new float[count];
        for (int i = 0; i < count; i++)
        {
            values[i] = (random.NextSingle() * 2) - 1;
        }

        return values;
    }

    /// <summary>Runs a body for consecutive parts of a range on all cores.</summary>
    private static void Parts(int count, Action<int, int> body)
    {
        int parts = Environment.ProcessorCount * 4;
        Parallel.For(0, parts, part =>
            body((int)((long)count * part / parts), (int)((long)count * (part + 1) / parts)));
    }

    private static LoopSample VectorAdd()
    {
        const int Count = 1 << 22;
        float[] a = Uniform(Count, 1), b = Uniform(Count, 2), sum = new float[Count];
        return new LoopSample(
            "vector-add", "vector_add", new(new(Blocks(Count, 256)), new(256)), [a, b, new float[Count], (uint)Count], 2, sum,
            () => Parts(Count, (from, to) =>
            {
                for (int i = from; i < to; i++)
                {
                    sum[i] = a[i] + b[i];
                }
            }));
    }

    private static LoopSample Saxpy()
    {
        const int Count = (1 << 22) + 3;
        float[] x = Uniform(Count, 1), y = Uniform(Count, 2), result = new float[Count];
        float[] start = [.. y];
        bool isFirst = true;
        return new LoopSample(
            "saxpy", "saxpy", new(new(Blocks((Count / 4) + 1, 256)), new(256)), [(uint)Count, 1.5f, x, start], 3, result,
            () =>
            {
                if (isFirst)
                {
                    y.CopyTo(result, 0);
                    isFirst = false;
                }

                Parts(Count, (from, to) =>
                {
                    for (int i = from; i < to; i++)
                    {
                        result[i] = (1.5f * x[i]) + result[i];
                    }
                });
            })
        { Tolerance = 1e-6f };
    }

    private static LoopSample Sum()
    {
        const int Count = 1 << 22, PerBlock = 1 << 14;
        var random = new Random(1);
        uint[] values = [.. Enumerable.Range(0, Count).Select(_ => (uint)random.Next())];
        uint[] total = new uint[1];
        return new LoopSample(
            "sum", "sum", new(new(Blocks(Count, PerBlock)), new(256)),
            [values, new uint[1], (uint)Count, (uint)PerBlock], 1, total,
            () =>
            {
                total[0] = 0;
                Parts(Count, (from, to) =>
                {
                    uint sum = 0;
                    for (int i = from; i < to; i++)
                    {
                        sum += values[i];
                    }

                    Interlocked.Add(ref total[0], sum);
                });
            })
        { Folder = "reduce", Accumulates = true };
    }

    private static LoopSample Dot()
    {
        const int Count = 1 << 22, PerBlock = 1 << 14;
        float[] a = Uniform(Count, 1), b = Uniform(Count, 2);
        int blocks = (int)Blocks(Count, PerBlock);
        float[] result = new float[blocks];
        return new LoopSample(
            "dot", "dot", new(new((uint)blocks), new(256)),
            [a, b, new float[blocks], (uint)Count, (uint)PerBlock], 2, result,
            () => Parallel.For(0, blocks, block =>
            {
                float sum = 0;
                for (int i = block * PerBlock; i < Math.Min(Count, (block + 1) * PerBlock); i++)
                {
                    sum += a[i] * b[i];
                }

                result[block] = sum;
            }))
        { Folder = "reduce", Tolerance = 1e-4f };
    }

    private static LoopSample Softmax()
    {
        const int Rows = 2048, Columns = 1024;
        float[] values = Uniform(Rows * Columns, 1), result = new float[Rows * Columns];
        return new LoopSample(
            "softmax", "softmax", new(new(Rows), new(256)), [values, new float[Rows * Columns], (uint)Columns / 4], 1, result,
            () => Parallel.For(0, Rows, row =>
            {
                int start = row * Columns;
                float max = float.NegativeInfinity;
                for (int i = 0; i < Columns; i++)
                {
                    max = Math.Max(max, values[start + i]);
                }

                float sum = 0;
                for (int i = 0; i < Columns; i++)
                {
                    float e = MathF.Exp(values[start + i] - max);
                    result[start + i] = e;
                    sum += e;
                }

                float scale = 1 / sum;
                for (int i = 0; i < Columns; i++)
                {
                    result[start + i] *= scale;
                }
            }))
        { Tolerance = 1e-6f };
    }

    private static LoopSample RmsNorm()
    {
        const int Rows = 2048, Columns = 1024;
        float[] values = Uniform(Rows * Columns, 1), weight = Uniform(Columns, 2), result = new float[Rows * Columns];
        return new LoopSample(
            "rmsnorm", "rmsnorm", new(new(Rows), new(256)),
            [values, weight, new float[Rows * Columns], (uint)Columns / 4, 1e-5f], 2, result,
            () => Parallel.For(0, Rows, row =>
            {
                int start = row * Columns;
                float sum = 0;
                for (int i = 0; i < Columns; i++)
                {
                    sum += values[start + i] * values[start + i];
                }

                float scale = 1 / MathF.Sqrt((sum / Columns) + 1e-5f);
                for (int i = 0; i < Columns; i++)
                {
                    result[start + i] = values[start + i] * scale * weight[i];
                }
            }))
        { Tolerance = 1e-5f };
    }

    private static LoopSample Histogram()
    {
        const int Count = 1 << 23, PerBlock = 1 << 15;
        byte[] bytes = new byte[Count];
        new Random(1).NextBytes(bytes);
        uint[] totals = new uint[256];
        return new LoopSample(
            "histogram", "histogram", new(new(Blocks(Count, PerBlock)), new(256)),
            [bytes, new uint[256], (uint)Count, (uint)PerBlock], 1, totals,
            () =>
            {
                Array.Clear(totals);
                Parts(Count, (from, to) =>
                {
                    uint[] own = new uint[256];
                    for (int i = from; i < to; i++)
                    {
                        own[bytes[i]]++;
                    }

                    for (int i = 0; i < own.Length; i++)
                    {
                        Interlocked.Add(ref totals[i], own[i]);
                    }
                });
            })
        { Accumulates = true };
    }

    private static LoopSample Transpose()
    {
        const int Rows = 2048, Columns = 1536;
        uint[] values = [.. Enumerable.Range(0, Rows * Columns).Select(i => (uint)i)];
        uint[] result = new uint[Rows * Columns];
        return new LoopSample(
            "transpose", "transpose", new(new(Blocks(Columns, 32), Blocks(Rows, 32)), new(256)),
            [values, new uint[Rows * Columns], (uint)Rows, (uint)Columns], 1, result,
            () => Parallel.For(0, Rows, row =>
            {
                for (int column = 0; column < Columns; column++)
                {
                    result[(column * Rows) + row] = values[(row * Columns) + column];
                }
            }));
    }
}

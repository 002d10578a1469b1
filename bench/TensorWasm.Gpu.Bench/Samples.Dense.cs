namespace TensorWasm.Gpu.Bench;

/// <summary>Matrices, images and simulations.</summary>
internal static partial class Samples
{
    private static LoopSample MatVec()
    {
        const int Rows = 2048, Columns = 2048;
        float[] matrix = Uniform(Rows * Columns, 1), x = Uniform(Columns, 2), y = new float[Rows];
        return new LoopSample(
            "matvec", "matvec", new(new(Blocks(Rows, 8)), new(256)),
            [matrix, x, new float[Rows], (uint)Rows, (uint)Columns / 4], 2, y,
            () => Parallel.For(0, Rows, row =>
            {
                float sum = 0;
                for (int i = 0; i < Columns; i++)
                {
                    sum += matrix[(row * Columns) + i] * x[i];
                }

                y[row] = sum;
            }))
        { Tolerance = 1e-4f };
    }

    private static LoopSample MatMulNaive() => MatMul("matmul-naive", 320, 16, new Dim3(16, 16));

    private static LoopSample MatMulTiled() => MatMul("matmul-tiled", 512, 64, new Dim3(256));

    private static LoopSample MatMul(string name, int size, int tile, Dim3 block)
    {
        float[] a = Uniform(size * size, 1), b = Uniform(size * size, 2), c = new float[size * size];
        uint blocks = Blocks(size, tile);
        return new LoopSample(
            name, "matmul", new(new(blocks, blocks), block),
            [a, b, new float[size * size], (uint)size, (uint)size, (uint)size], 2, c,
            () => Parallel.For(0, size, row =>
            {
                for (int column = 0; column < size; column++)
                {
                    float sum = 0;
                    for (int i = 0; i < size; i++)
                    {
                        sum += a[(row * size) + i] * b[(i * size) + column];
                    }

                    c[(row * size) + column] = sum;
                }
            }))
        { Tolerance = 1e-4f };
    }

    private static LoopSample MatMulMma()
    {
        const int Size = 512;
        Half[] a = [.. Uniform(Size * Size, 1).Select(v => (Half)v)];
        Half[] b = [.. Uniform(Size * Size, 2).Select(v => (Half)v)];
        float[] c = new float[Size * Size];
        return new LoopSample(
            "matmul-mma", "matmul", new(new(Size / 128, Size / 128), new(256)),
            [a, b, new float[Size * Size], (uint)Size, (uint)Size], 2, c,
            () => Parallel.For(0, Size, row =>
            {
                for (int column = 0; column < Size; column++)
                {
                    float sum = 0;
                    for (int i = 0; i < Size; i++)
                    {
                        sum += (float)a[(row * Size) + i] * (float)b[(i * Size) + column];
                    }

                    c[(row * Size) + column] = sum;
                }
            }))
        { Tolerance = 1e-3f };
    }

    private static LoopSample Convolution()
    {
        const int Width = 1024, Height = 1000, Filter = 5, Radius = 2;
        float[] image = Uniform(Width * Height, 1), filter = Uniform(Filter * Filter, 2), result = new float[Width * Height];
        return new LoopSample(
            "conv2d", "convolve", new(new(Blocks(Width, 32), Blocks(Height, 64)), new(256)),
            [image, filter, new float[Width * Height], (uint)Width, (uint)Height], 2, result,
            () => Parallel.For(0, Height, y =>
            {
                for (int x = 0; x < Width; x++)
                {
                    float sum = 0;
                    for (int dy = -Radius; dy <= Radius; dy++)
                    {
                        for (int dx = -Radius; dx <= Radius; dx++)
                        {
                            int sx = x + dx, sy = y + dy;
                            if ((uint)sx < Width && (uint)sy < Height)
                            {
                                sum += image[(sy * Width) + sx] * filter[((dy + Radius) * Filter) + dx + Radius];
                            }
                        }
                    }

                    result[(y * Width) + x] = sum;
                }
            }))
        { Tolerance = 1e-5f };
    }

    private static LoopSample MonteCarlo()
    {
        const int BlockCount = 64, Rounds = 32;
        const float Spot = 100, Strike = 105, Drift = 0.01f, Volatility = 0.2f;
        const uint Seed = 42;
        float[] result = new float[BlockCount * 2];
        return new LoopSample(
            "monte-carlo", "price", new(new(BlockCount), new(256)),
            [new float[BlockCount * 2], Spot, Strike, Drift, Volatility, (uint)Rounds, Seed], 0, result,
            () => Parallel.For(0, BlockCount, block =>
            {
                double sum = 0, squares = 0;
                for (int thread = 0; thread < 256; thread++)
                {
                    for (uint round = 0; round < Rounds; round++)
                    {
                        (uint x, uint y, uint z, uint w) = Philox((uint)((block * 256) + thread), round, Seed);
                        Price(x, y, ref sum, ref squares);
                        Price(z, w, ref sum, ref squares);
                    }
                }

                result[block * 2] = (float)sum;
                result[(block * 2) + 1] = (float)squares;
            }))
        { Tolerance = 1e-4f };

        static float Unit(uint bits) => (bits + 0.5f) * 2.32830644e-10f;

        static void Price(uint first, uint second, ref double sum, ref double squares)
        {
            float radius = MathF.Sqrt(-2 * MathF.Log(Unit(first)));
            float angle = 6.28318531f * Unit(second);
            for (int side = 0; side < 2; side++)
            {
                float normal = radius * (side == 0 ? MathF.Cos(angle) : MathF.Sin(angle));
                float payoff = Math.Max((Spot * MathF.Exp(Drift + (Volatility * normal))) - Strike, 0);
                sum += payoff;
                squares += payoff * payoff;
            }
        }
    }

    private static (uint X, uint Y, uint Z, uint W) Philox(uint x, uint y, uint key)
    {
        uint z = 0, w = 0, second = 0;
        for (int round = 0; round < 10; round++)
        {
            ulong p0 = (ulong)x * 0xD2511F53, p1 = (ulong)z * 0xCD9E8D57;
            (x, y, z, w) = ((uint)(p1 >> 32) ^ y ^ key, (uint)p1, (uint)(p0 >> 32) ^ w ^ second, (uint)p0);
            key += 0x9E3779B9;
            second += 0xBB67AE85;
        }

        return (x, y, z, w);
    }

    private static LoopSample NBody()
    {
        const int Count = 4096;
        const float Time = 0.01f, Softening = 0.1f;
        float[] from = Uniform(Count * 4, 1), to = new float[Count * 4], velocities = new float[Count * 4];
        for (int i = 0; i < Count; i++)
        {
            from[(i * 4) + 3] = 1f / Count;
        }

        return new LoopSample(
            "nbody", "step", new(new(Blocks(Count, 256)), new(256)),
            [from, new float[Count * 4], new float[Count * 4], (uint)Count, Time, Softening], 1, to,
            () => Parallel.For(0, Count, i =>
            {
                float x = from[i * 4], y = from[(i * 4) + 1], z = from[(i * 4) + 2], ax = 0, ay = 0, az = 0;
                for (int j = 0; j < Count; j++)
                {
                    float dx = from[j * 4] - x, dy = from[(j * 4) + 1] - y, dz = from[(j * 4) + 2] - z;
                    float inverse = 1 / MathF.Sqrt((dx * dx) + (dy * dy) + (dz * dz) + Softening);
                    float pull = from[(j * 4) + 3] * inverse * inverse * inverse;
                    ax += dx * pull;
                    ay += dy * pull;
                    az += dz * pull;
                }

                velocities[i * 4] += ax * Time;
                velocities[(i * 4) + 1] += ay * Time;
                velocities[(i * 4) + 2] += az * Time;
                to[i * 4] = x + (velocities[i * 4] * Time);
                to[(i * 4) + 1] = y + (velocities[(i * 4) + 1] * Time);
                to[(i * 4) + 2] = z + (velocities[(i * 4) + 2] * Time);
                to[(i * 4) + 3] = from[(i * 4) + 3];
            }))
        { Tolerance = 1e-5f };
    }

    private static LoopSample Mandelbrot()
    {
        const int Width = 640, Height = 480;
        const uint Limit = 256;
        const float Left = -2.2f, Top = -1.2f, Scale = 0.005f;
        uint[] steps = new uint[Width * Height];
        return new LoopSample(
            "mandelbrot", "mandelbrot", new(new(Blocks(Width, 32), Blocks(Height, 8)), new(256)),
            [new uint[Width * Height], (uint)Width, (uint)Height, Left, Top, Scale, Limit], 0, steps,
            () => Parallel.For(0, Height, y =>
            {
                for (int x = 0; x < Width; x++)
                {
                    float cr = Left + (x * Scale), ci = Top + (y * Scale), zr = 0, zi = 0, rr = 0, ii = 0;
                    uint count = 0;
                    while (count < Limit)
                    {
                        zi = (2 * zr * zi) + ci;
                        zr = rr - ii + cr;
                        rr = zr * zr;
                        ii = zi * zi;
                        if (!(rr + ii < 16))
                        {
                            break;
                        }

                        count++;
                    }

                    steps[(y * Width) + x] = count;
                }
            }))
        { Folder = "mandelbrot-png" };
    }
}

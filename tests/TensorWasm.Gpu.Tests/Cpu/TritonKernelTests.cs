using System.Runtime.CompilerServices;
using TensorWasm.Gpu.Tests.Cpu.TestSupport;

namespace TensorWasm.Gpu.Tests.Cpu;

/// <summary>Kernels as Triton compiled them for an H200, against the same computed in double precision.</summary>
public sealed class TritonKernelTests
{
    private const int Shared = 16 << 10;

    /// <summary>Where the kernels are; null on machines that do not have them.</summary>
    internal static string? Folder => FindFolder();

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Add(bool speculates)
    {
        using CpuMachine machine = Machine(speculates);
        const int Count = 2500;
        float[] x = Floats(Count, 1), y = Floats(Count, 2);
        ulong output = machine.Allocate(Count * 4);
        Run(machine, "add", 3, 128, machine.Put<float>(x), machine.Put<float>(y), output, Count, 0UL, 0UL);
        Span<float> result = CpuMachine.Get<float>(output, Count);
        for (int i = 0; i < Count; i++)
        {
            Assert.Equal(x[i] + y[i], result[i]);
        }
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Softmax(bool speculates)
    {
        using CpuMachine machine = Machine(speculates);
        const int Rows = 3, Columns = 4096;
        float[] x = Floats(Rows * Columns, 1);
        ulong output = machine.Allocate(Rows * Columns * 4);
        Run(machine, "softmax", Rows, 256, machine.Put<float>(x), output, Columns, Columns, 0UL, 0UL);
        for (int row = 0; row < Rows; row++)
        {
            double[] exponentials = [.. x.AsSpan(row * Columns, Columns).ToArray().Select(v => Math.Exp(v))];
            double sum = exponentials.Sum();
            Span<float> result = CpuMachine.Get<float>(output + (ulong)(row * Columns * 4), Columns);
            for (int i = 0; i < Columns; i++)
            {
                Assert.Equal(exponentials[i] / sum, result[i], 1e-9);
            }
        }
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void RmsNorm(bool speculates)
    {
        using CpuMachine machine = Machine(speculates);
        const int Rows = 2, Columns = 4096;
        float[] x = Brains(Rows * Columns, 1), w = Brains(Columns, 2);
        ulong output = machine.Allocate(Rows * Columns * 2);
        Run(machine, "rmsnorm", Rows, 256, machine.Put<ushort>(Bits(x)), machine.Put<ushort>(Bits(w)), output, Columns, Columns, 0UL, 0UL);
        for (int row = 0; row < Rows; row++)
        {
            double mean = x.AsSpan(row * Columns, Columns).ToArray().Average(v => (double)v * v);
            Span<ushort> result = CpuMachine.Get<ushort>(output + (ulong)(row * Columns * 2), Columns);
            for (int i = 0; i < Columns; i++)
            {
                double expected = x[(row * Columns) + i] / Math.Sqrt(mean + 1e-6) * w[i];
                float actual = BitConverter.UInt32BitsToSingle((uint)result[i] << 16);
                Assert.Equal(expected, actual, Math.Max(Math.Abs(expected) / 200, 1e-6));
            }
        }
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Gemv(bool speculates)
    {
        using CpuMachine machine = Machine(speculates);
        const int Rows = 5, Columns = 2048;
        float[] w = Brains(Rows * Columns, 1), x = Brains(Columns, 2);
        ulong output = machine.Allocate(Rows * 4);
        Run(machine, "gemv", Rows, 128, machine.Put<ushort>(Bits(w)), machine.Put<ushort>(Bits(x)), output, Columns, 0UL, 0UL);
        for (int row = 0; row < Rows; row++)
        {
            double sum = Enumerable.Range(0, Columns).Sum(i => (double)w[(row * Columns) + i] * x[i]);
            Assert.Equal(sum, CpuMachine.Get<float>(output, Rows)[row], 1e-3);
        }
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Histogram(bool speculates)
    {
        using CpuMachine machine = Machine(speculates);
        const int Count = 3000;
        var random = new Random(5);
        int[] values = [.. Enumerable.Range(0, Count).Select(_ => random.Next(300))];
        ulong output = machine.Allocate(65536 * 4);
        Run(machine, "histogram", 3, 128, machine.Put<int>(values), output, Count, 0UL, 0UL);
        Span<int> result = CpuMachine.Get<int>(output, 300);
        for (int i = 0; i < 300; i++)
        {
            Assert.Equal(values.Count(v => v == i), result[i]);
        }
    }

    private static CpuMachine Machine(bool speculates)
    {
        Assert.SkipUnless(Folder is not null, "the Triton kernels are not part of the repository");
        return new CpuMachine { Speculates = speculates, Threads = 2 };
    }

    private static void Run(CpuMachine machine, string name, int blocks, int threads, params object[] arguments) =>
        Assert.Equal(0u, machine.Run(
            File.ReadAllText(Path.Combine(Folder!, name + ".ptx")),
            null, new Dim3((uint)blocks), new Dim3((uint)threads), Shared, arguments));

    private static float[] Floats(int count, int seed)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, count).Select(_ => (random.NextSingle() * 2) - 1)];
    }

    /// <summary>Numbers that bfloat16 holds.</summary>
    private static float[] Brains(int count, int seed) => [.. Floats(count, seed).Select(v =>
        BitConverter.UInt32BitsToSingle(BitConverter.SingleToUInt32Bits(v) & 0xFFFF0000))];

    private static ushort[] Bits(float[] values) => [.. values.Select(v => (ushort)(BitConverter.SingleToUInt32Bits(v) >> 16))];

    private static string? FindFolder([CallerFilePath] string path = "")
    {
        for (DirectoryInfo? at = new(Path.GetDirectoryName(path)!); at is not null; at = at.Parent)
        {
            string candidate = Path.Combine(at.FullName, "shared", "ptx", "triton-sm90");
            if (Directory.Exists(candidate))
            {
                return candidate;
            }
        }

        return null;
    }
}

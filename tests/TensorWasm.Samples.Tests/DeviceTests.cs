using TensorWasm.Gpu;
using TensorWasm.Host;

namespace TensorWasm.Samples.Tests;

/// <summary>Every guest on each device, with its own check of the answer.</summary>
public sealed class DeviceTests
{
    /// <summary>Sizes that leave no tile, vector or block whole, and the smallest.</summary>
    public static TheoryData<string, string> Sizes => new()
    {
        { "vector-add", "1" },
        { "vector-add", "1025" },
        { "vector-add-rust", "257" },
        { "saxpy", "1" },
        { "saxpy", "4098" },
        { "reduce", "1" },
        { "reduce", "4097" },
        { "softmax", "1 4" },
        { "softmax", "5 2052" },
        { "rmsnorm", "1 4" },
        { "rmsnorm", "3 1028" },
        { "matvec", "1 4" },
        { "matvec", "9 132" },
        { "matmul-naive", "1" },
        { "matmul-naive", "33 9 17" },
        { "matmul-tiled", "1" },
        { "matmul-tiled", "65 130 17" },
        { "matmul-mma", "128 256 192" },
        { "conv2d", "1" },
        { "conv2d", "33 65" },
        { "histogram", "1" },
        { "histogram", "16387" },
        { "transpose", "1" },
        { "transpose", "33 65" },
        { "monte-carlo", "1" },
        { "nbody", "1 1" },
        { "nbody", "257 3" },
    };

    [Theory]
    [MemberData(nameof(Samples.All), MemberType = typeof(Samples))]
    public void Answers_are_right(string name) => Run(name, Devices.Cpu).AssertRight();

    [Theory]
    [MemberData(nameof(Sizes))]
    public void Answers_are_right_for_odd_sizes(string name, string arguments) =>
        Run(name, Devices.Cpu, false, arguments.Split(' ')).AssertRight();

    /// <summary>With every access out of bounds reported, there is none.</summary>
    [Theory]
    [MemberData(nameof(Samples.All), MemberType = typeof(Samples))]
    public void Kernels_stay_inside_their_memory(string name) => Run(name, Devices.Cpu, true).AssertRight();

    [Fact]
    public void Answers_are_right_on_a_GPU()
    {
        GpuDevice device = Devices.Cuda;
        Assert.All(Samples.Names, name => Run(name, device).AssertRight());
        Assert.All(Samples.Names, name => Run(name, device, true).AssertRight());
        Assert.All(Sizes, row => Run(row.Data.Item1, device, false, row.Data.Item2.Split(' ')).AssertRight());
    }

    private static SampleRun Run(string name, GpuDevice device, bool checks = false, params string[] arguments)
    {
        DirectoryInfo folder = Directory.CreateTempSubdirectory("tensorwasm-samples-");
        try
        {
            var host = new HostConfiguration { Device = device, ChecksAccesses = checks };
            return SampleRun.Of(name, host, folder.FullName, arguments);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }
}

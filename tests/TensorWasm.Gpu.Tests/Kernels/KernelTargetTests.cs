namespace TensorWasm.Gpu.Tests;

/// <summary>
/// Which PTX runs on which device: that of an earlier or the same architecture, and of one that ends with "a" on that
/// one alone (PTX ISA 11.1.2).
/// </summary>
public sealed class KernelTargetTests
{
    [Theory]
    [InlineData("sm_70", 90, true)]
    [InlineData("sm_80", 80, true)]
    [InlineData("sm_89", 80, false)]
    [InlineData("sm_90", 89, false)]
    [InlineData("sm_90a", 90, true)]
    [InlineData("sm_90a", 100, false)]
    [InlineData("sm_90a", 80, false)]
    public void A_device_runs_what_was_compiled_for_it_or_for_earlier_ones(string target, int architecture, bool runs)
    {
        var device = new DeviceInfo
        {
            Kind = DeviceKind.Cuda,
            Ordinal = 0,
            Name = "NVIDIA X",
            Architecture = architecture,
            MemoryBytes = 0,
            Multiprocessors = 1,
            MaxSharedBytesPerBlock = 0,
            DriverVersion = "",
        };
        var problem = KernelTarget.Problem(target, device);
        Assert.Equal(runs, problem is null);
        if (!runs)
        {
            Assert.Contains(target, problem, StringComparison.Ordinal);
            Assert.Contains($"compile it for sm_{architecture} or an earlier one", problem, StringComparison.Ordinal);
        }
    }
}

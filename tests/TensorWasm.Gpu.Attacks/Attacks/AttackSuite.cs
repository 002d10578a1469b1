using TensorWasm.Ptx.Fencing;

namespace TensorWasm.Gpu.Attacks;

/// <summary>
/// What strangers may try on a device. Each device runs all of it; after each test the victim beside the attacker must
/// be well: its numbers right, its bytes as they were, the device alive.
/// </summary>
public abstract partial class AttackSuite : IDisposable
{
    private readonly DeviceHost _host;

    /// <summary>Skips where there is no such device.</summary>
    protected AttackSuite(DeviceKind kind)
    {
        Kind = kind;
        _host = DeviceHost.Get(kind);
    }

    /// <summary>The kind of device.</summary>
    protected DeviceKind Kind { get; }

    private GpuDevice Device => _host.Device;

    private Victim Victim => _host.Victim;

    private static readonly FenceMode[] Modes = [FenceMode.Fence, FenceMode.Check];

    /// <inheritdoc/>
    public void Dispose()
    {
        Victim.AssertHealthy();
        GC.SuppressFinalize(this);
    }

    /// <summary>Runs a kernel with every forged address in both modes; it must stay inside each time.</summary>
    private void AssertContained(string ptx, LaunchShape? shape = null, uint n = 0)
    {
        using var attacker = new Attacker(Device);
        foreach (var mode in Modes)
        {
            LoadedModule module;
            try
            {
                module = attacker.Region.Load(PtxText.Utf8(ptx), mode);
            }
            catch (GpuException refusal) when (refusal.Code == GpuErrorCode.InvalidKernel)
            {
                // This device does not know an instruction of it: nothing runs.
                TestContext.Current.TestOutputHelper?.WriteLine($"refused: {refusal.Message}");
                continue;
            }

            foreach (var address in attacker.Forged(Victim))
            {
                var outcome = attacker.Launch(
                    module.FindKernel("k")!, attacker.Block(address, n), shape ?? Attacker.Small);
                Assert.True(outcome.IsContained || outcome.IsRefused, $"{mode}, b = {address:x}: {outcome}");
            }

            module.Dispose();
        }
    }

    /// <summary>Runs a kernel once in check mode; it must be stopped with a report.</summary>
    private void AssertReported(string ptx, ulong b, uint n = 0)
    {
        using var attacker = new Attacker(Device);
        var outcome = attacker.Run(ptx, b, n, FenceMode.Check);
        Assert.True(outcome.Code == GpuErrorCode.OutOfBounds, $"b = {b:x}, n = {n}: {outcome}");
    }
}

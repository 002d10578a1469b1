using System.Runtime.CompilerServices;
using TensorWasm.Host;

namespace TensorWasm.Gpu.Attacks;

/// <summary>
/// A device and the victim that lives on it, opened once for all attacks. Which devices are attacked is in
/// TENSORWASM_TEST_DEVICES, such as "cpu", "cuda" or "cpu,cuda"; without it all that there are.
/// </summary>
internal sealed class DeviceHost
{
    private static readonly Lazy<DeviceHost> Cpu = new(static () => new DeviceHost(CpuDevice.Open(Options)));
    private static readonly Lazy<DeviceHost> Cuda = new(static () => new DeviceHost(CudaDevice.Open(0, Options)));

    private DeviceHost(GpuDevice device)
    {
        Device = device;
        Victim = new Victim(device);
    }

    internal GpuDevice Device { get; }

    internal Victim Victim { get; }

    private static GpuDeviceOptions Options => new()
    {
        AddressSpace = EngineAddressSpace.Instance,
        DefaultTimeLimit = TimeSpan.FromSeconds(10),
    };

    /// <summary>The host of a device; skips the test where it was not asked for, or there is none.</summary>
    internal static DeviceHost Get(DeviceKind kind)
    {
        var wanted = Environment.GetEnvironmentVariable("TENSORWASM_TEST_DEVICES");
        var name = kind == DeviceKind.Cpu ? "cpu" : "cuda";
        Assert.SkipWhen(
            wanted is { Length: > 0 } && !wanted.Split(',').Contains(name, StringComparer.OrdinalIgnoreCase),
            $"TENSORWASM_TEST_DEVICES is '{wanted}'");
        if (kind == DeviceKind.Cpu)
        {
            return Cpu.Value;
        }

        // Asked for by name, its absence is a failure.
        Assert.SkipWhen(CudaDriver.UnavailableReason is not null && wanted is null or "", CudaDriver.UnavailableReason ?? "");
        return Cuda.Value;
    }

    /// <summary>The driver must be initialised before the engine reserves its address space.</summary>
    [ModuleInitializer]
    internal static void Initialise() => _ = CudaDriver.UnavailableReason;
}

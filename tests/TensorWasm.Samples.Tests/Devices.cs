using System.Runtime.CompilerServices;
using TensorWasm.Gpu;
using TensorWasm.Host;

namespace TensorWasm.Samples.Tests;

/// <summary>The devices that guests run on, opened once.</summary>
internal static class Devices
{
    private static readonly Lazy<GpuDevice> Processor = new(static () => Open(DevicePreference.Cpu));
    private static readonly Lazy<GpuDevice> Gpu = new(static () => Open(DevicePreference.Cuda));

    public static GpuDevice Cpu => Processor.Value;

    /// <summary>The GPU; the test is skipped where there is none, with the reason.</summary>
    public static GpuDevice Cuda
    {
        get
        {
            Assert.SkipUnless(GpuDevices.CudaCount > 0, GpuDevices.CudaUnavailableReason ?? "");
            return Gpu.Value;
        }
    }

    // The driver must see the process before the engine reserves address space.
    [ModuleInitializer]
    internal static void Initialize() => _ = GpuDevices.CudaCount;

    private static GpuDevice Open(DevicePreference preference) =>
        GpuDevices.Open(preference, HostDevices.DefaultOptions)!;
}

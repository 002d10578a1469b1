using System.Runtime.CompilerServices;
using TensorWasm.Host;

namespace TensorWasm.Gpu.Tests.Cuda;

/// <summary>The first CUDA device, opened once for all tests.</summary>
internal static class CudaFixture
{
    private static readonly Lazy<CudaDevice> Opened = new(
        static () => CudaDevice.Open(0, new GpuDeviceOptions { AddressSpace = EngineAddressSpace.Instance }));

    /// <summary>The device; skips the test where there is none.</summary>
    internal static CudaDevice Device
    {
        get
        {
            Assert.SkipWhen(CudaDriver.UnavailableReason is not null, CudaDriver.UnavailableReason ?? "");
            return Opened.Value;
        }
    }

    /// <summary>The driver must be initialised before the engine reserves its address space.</summary>
    [ModuleInitializer]
    internal static void Initialise() => _ = CudaDriver.UnavailableReason;
}

using TensorWasm.Gpu.Tests.Devices;
using TensorWasm.Host;

namespace TensorWasm.Gpu.Tests.Cpu;

/// <summary>The suite on the processor.</summary>
public sealed class CpuDeviceSuiteTests : DeviceSuite
{
    private static readonly Lazy<CpuDevice> Opened = new(
        static () => CpuDevice.Open(new GpuDeviceOptions { AddressSpace = EngineAddressSpace.Instance }));

    protected override GpuDevice Device
    {
        get
        {
            Assert.SkipUnless(
                EngineAddressSpace.Instance.TurnsFaultsIntoExceptions, "guard pages do not work on this system");
            return Opened.Value;
        }
    }
}

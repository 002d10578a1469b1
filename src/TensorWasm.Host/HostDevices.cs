using TensorWasm.Gpu;
using TensorWasm.Ptx;

namespace TensorWasm.Host;

/// <summary>How devices are opened for guests of this process.</summary>
public static class HostDevices
{
    /// <summary>
    /// The usual options: slots out of the engine's reservation, and PTX as long as guests may load it.
    /// </summary>
    public static GpuDeviceOptions DefaultOptions { get; } = new()
    {
        AddressSpace = EngineAddressSpace.Instance,
        PtxLimits = PtxLimits.Default with { MaxBytes = HostConfiguration.MaxPtxBytes },
    };
}

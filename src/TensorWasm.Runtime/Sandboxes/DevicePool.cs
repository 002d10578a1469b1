using TensorWasm.Gpu;
using TensorWasm.Host;

namespace TensorWasm.Runtime;

/// <summary>The devices, and which of them a sandbox gets: each in turn.</summary>
internal sealed class DevicePool(
    IReadOnlyList<GpuDevice> devices, string noDeviceReason, IKernelStore kernels, IBlobStore blobs)
{
    private uint _next;

    internal string NoDeviceReason { get; } = noDeviceReason;

    /// <summary>A device for a module that uses one; null for another, or where there is none.</summary>
    internal GpuDevice? Choose(CompiledModule module)
    {
        if (!module.UsesDevice || devices.Count == 0) return null;
        var first = Interlocked.Increment(ref _next);
        for (var i = 0u; i < devices.Count; i++)
        {
            var device = devices[(int)((first + i) % (uint)devices.Count)];
            if (!device.IsLost) return device;
        }
        return devices[(int)(first % (uint)devices.Count)];
    }

    internal IKernelRegistry KernelsOf(TenantId tenant, GpuDevice? device) =>
        new TenantKernels(kernels, blobs, tenant, device?.Info);
}

using TensorWasm.Gpu;

namespace TensorWasm.Host;

/// <summary>What <c>device-query</c> answers.</summary>
internal static class DeviceProperties
{
    /// <summary>A property by its number (<c>device-property</c> in tensorwasm-gpu.wit).</summary>
    internal static long Get(GpuDevice device, GpuTenant tenant, uint property) => property switch
    {
        0 => device.Info.Kind == DeviceKind.Cuda ? 1 : 0,
        1 => device.Info.Architecture,
        2 => (long)device.Info.MemoryBytes,
        3 => (long)device.FreeMemoryBytes,
        4 => Available(device, tenant),
        5 => device.Info.Multiprocessors,
        6 => device.Info.WarpSize,
        7 => device.Info.MaxThreadsPerBlock,
        8 => device.Info.MaxBlock.X,
        9 => device.Info.MaxBlock.Y,
        10 => device.Info.MaxBlock.Z,
        11 => device.Info.MaxGrid.X,
        12 => device.Info.MaxGrid.Y,
        13 => device.Info.MaxGrid.Z,
        14 => device.Info.MaxSharedBytesPerBlock,
        _ => throw new HostCallException(HostError.InvalidArguments, $"devices have no property {property}"),
    };

    private static long Available(GpuDevice device, GpuTenant tenant)
    {
        var free = (long)device.FreeMemoryBytes;
        return tenant.Quota.MemoryBytes is { } limit
            ? Math.Min(free, Math.Max(0, limit - tenant.Usage.MemoryBytes))
            : free;
    }
}

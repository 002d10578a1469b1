using static TensorWasm.Gpu.Interop;

namespace TensorWasm.Gpu;

/// <summary>
/// All multiprocessors of a device but a few (a green context; CUDA driver API, 6.33). A kernel cannot be taken off a
/// GPU, and one that fills all multiprocessors lets nobody else's begin before its blocks end. So while tenants share a
/// device, long kernels get this partition, and short ones always find the few that are left free.
/// </summary>
internal sealed unsafe class CudaPartition
{
    /// <summary>
    /// Multiprocessors that long kernels leave free: 8, the least that the driver splits off from compute capability 9.0
    /// on.
    /// </summary>
    internal const uint Reserved = 8;

    private readonly nint _green;

    private CudaPartition(nint green, nint context)
    {
        _green = green;
        Context = green;
        LaunchContext = context;
    }

    /// <summary>The green context, for streams.</summary>
    internal nint Context { get; }

    /// <summary>The same as a context, for the launches of a graph.</summary>
    internal nint LaunchContext { get; }

    /// <summary>Splits a device; null where that is not possible or not worth it.</summary>
    internal static CudaPartition? TryCreate(CudaContext context, int multiprocessors)
    {
        if (multiprocessors < Reserved * 4)
        {
            return null;
        }
        var all = default(CudaDeviceResource);
        var few = default(CudaDeviceResource);
        var rest = default(CudaDeviceResource);
        uint groups = 1;
        nint description, green, value;
        return Cuda.cuDeviceGetDevResource(context.Device, &all, CudaDeviceResource.CU_DEV_RESOURCE_TYPE_SM) == 0
            && Cuda.cuDevSmResourceSplitByCount(&few, &groups, &all, &rest, 0, Reserved) == 0
            && groups == 1
            && Cuda.cuDevResourceGenerateDesc(&description, &rest, 1) == 0
            && Cuda.cuGreenCtxCreate(&green, description, context.Device, 1) == 0
            && Cuda.cuCtxFromGreenCtx(&value, green) == 0
            ? new CudaPartition(green, value)
            : null;
    }

    internal void Destroy() => _ = Cuda.cuGreenCtxDestroy(_green);
}

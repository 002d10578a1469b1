using System.Runtime.InteropServices;
using static TensorWasm.Gpu.Interop;

namespace TensorWasm.Gpu;

/// <summary>
/// Physical memory of a device, or of the host's memory next to it, that can be mapped at addresses
/// (CUmemGenericAllocationHandle). It lives until it is released and no mapping of it is left.
/// </summary>
internal sealed unsafe class CudaMemory : SafeHandle
{
    private readonly ulong _value;
    private readonly CudaContext? _context = CudaContext.Current;

    private CudaMemory(ulong value, ulong bytes, bool isHost)
        : base(0, ownsHandle: true)
    {
        _value = value;
        Bytes = bytes;
        IsHost = isHost;
        SetHandle(1); // 0 is a valid value of the driver's
    }

    public override bool IsInvalid => handle == 0;

    internal ulong Bytes { get; }

    /// <summary>Whether the processor may access it, too.</summary>
    internal bool IsHost { get; }

    /// <summary>Memory, a multiple of 2 MiB. What it holds is unknown.</summary>
    internal static CudaResult TryCreate(
        CudaMemoryLocation location, ulong bytes, out CudaMemory? memory)
    {
        var properties = new CudaMemoryProperties
        {
            Type = CudaMemoryProperties.CU_MEM_ALLOCATION_TYPE_PINNED,
            Location = location,
        };
        ulong value;
        var result = Cuda.cuMemCreate(&value, (nuint)bytes, &properties, 0);
        var isHost = location.Type == CudaMemoryLocation.CU_MEM_LOCATION_TYPE_HOST_NUMA;
        memory = result == CudaResult.CUDA_SUCCESS ? new CudaMemory(value, bytes, isHost) : null;
        return result;
    }

    /// <summary>Maps all of it; nobody has access before it is granted.</summary>
    internal CudaResult MapAt(ulong address) => Cuda.cuMemMap(address, (nuint)Bytes, 0, _value, 0);

    protected override bool ReleaseHandle() =>
        _context is { IsStuck: true } || Cuda.cuMemRelease(_value) == CudaResult.CUDA_SUCCESS;
}

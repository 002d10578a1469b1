using System.Runtime.InteropServices;

namespace TensorWasm.Gpu;

/// <summary>What memory is asked for (CUDA driver API, CUmemAllocationProp).</summary>
[StructLayout(LayoutKind.Sequential, Size = 32)]
internal struct CudaMemoryProperties
{
    internal const int CU_MEM_ALLOCATION_TYPE_PINNED = 1;

    internal int Type;
    internal int RequestedHandleTypes;
    internal CudaMemoryLocation Location;
}

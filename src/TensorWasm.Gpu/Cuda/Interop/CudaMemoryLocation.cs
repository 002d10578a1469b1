using System.Runtime.InteropServices;

namespace TensorWasm.Gpu;

/// <summary>Where memory lies, or who may access it (CUDA driver API, CUmemLocation).</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct CudaMemoryLocation
{
    internal const int CU_MEM_LOCATION_TYPE_DEVICE = 1;
    internal const int CU_MEM_LOCATION_TYPE_HOST_NUMA = 3;

    internal int Type;
    internal int Id;
}

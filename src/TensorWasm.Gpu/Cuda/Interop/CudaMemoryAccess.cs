using System.Runtime.InteropServices;

namespace TensorWasm.Gpu;

/// <summary>Who may access a mapping, and how (CUDA driver API, CUmemAccessDesc).</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct CudaMemoryAccess
{
    internal const int CU_MEM_ACCESS_FLAGS_PROT_READWRITE = 3;

    internal CudaMemoryLocation Location;
    internal int Flags;
}

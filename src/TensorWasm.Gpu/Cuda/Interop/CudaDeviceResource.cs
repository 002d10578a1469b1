using System.Runtime.InteropServices;

namespace TensorWasm.Gpu;

/// <summary>A set of multiprocessors (CUDA driver API, CUdevResource). Opaque but for their number.</summary>
[StructLayout(LayoutKind.Explicit, Size = 256)]
internal struct CudaDeviceResource
{
    internal const int CU_DEV_RESOURCE_TYPE_SM = 1;

    [FieldOffset(0)]
    internal int Type;

    [FieldOffset(96)]
    internal uint Multiprocessors;
}

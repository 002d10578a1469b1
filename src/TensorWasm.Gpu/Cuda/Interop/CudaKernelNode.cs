using System.Runtime.InteropServices;

namespace TensorWasm.Gpu;

/// <summary>A kernel launch of a graph (CUDA driver API, CUDA_KERNEL_NODE_PARAMS_v2).</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct CudaKernelNode
{
    internal nint Function;
    internal uint GridX;
    internal uint GridY;
    internal uint GridZ;
    internal uint BlockX;
    internal uint BlockY;
    internal uint BlockZ;
    internal uint SharedBytes;
    internal void** Parameters;
    internal void** Extra;
    internal nint Kernel;
    internal nint Context;
}

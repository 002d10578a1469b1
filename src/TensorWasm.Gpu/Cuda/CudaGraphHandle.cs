using static TensorWasm.Gpu.Interop;

namespace TensorWasm.Gpu;

/// <summary>A graph of the driver (CUgraph).</summary>
internal sealed unsafe class CudaGraphHandle : CudaHandle
{
    private CudaGraphHandle(nint value)
        : base(value)
    {
    }

    internal static CudaGraphHandle Create()
    {
        nint value;
        Cuda.cuGraphCreate(&value, 0).Check("a graph");
        return new CudaGraphHandle(value);
    }

    protected override CudaResult Free(nint value) => Cuda.cuGraphDestroy(value);
}

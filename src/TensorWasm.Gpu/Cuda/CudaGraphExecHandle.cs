using static TensorWasm.Gpu.Interop;

namespace TensorWasm.Gpu;

/// <summary>A graph that can be launched (CUgraphExec).</summary>
internal sealed unsafe class CudaGraphExecHandle : CudaHandle
{
    private CudaGraphExecHandle(nint value)
        : base(value)
    {
    }

    internal static CudaGraphExecHandle Create(CudaGraphHandle graph)
    {
        nint value;
        Cuda.cuGraphInstantiateWithFlags(&value, graph.Value, 0).Check("instantiating a graph");
        return new CudaGraphExecHandle(value);
    }

    protected override CudaResult Free(nint value) => Cuda.cuGraphExecDestroy(value);
}

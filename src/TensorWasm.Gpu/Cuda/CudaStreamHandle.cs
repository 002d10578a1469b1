using static TensorWasm.Gpu.Interop;

namespace TensorWasm.Gpu;

/// <summary>A stream of the driver (CUstream) that does not wait for the default one.</summary>
internal sealed unsafe class CudaStreamHandle : CudaHandle
{
    private CudaStreamHandle(nint value)
        : base(value)
    {
    }

    internal static CudaStreamHandle Create()
    {
        nint value;
        Cuda.cuStreamCreate(&value, Cuda.CU_STREAM_NON_BLOCKING).Check("a stream");
        return new CudaStreamHandle(value);
    }

    /// <summary>A stream whose kernels run on a part of the multiprocessors.</summary>
    internal static CudaStreamHandle Create(CudaPartition partition)
    {
        nint value;
        Cuda.cuGreenCtxStreamCreate(&value, partition.Context, Cuda.CU_STREAM_NON_BLOCKING, 0).Check("a stream");
        return new CudaStreamHandle(value);
    }

    protected override CudaResult Free(nint value) => Cuda.cuStreamDestroy_v2(value);
}

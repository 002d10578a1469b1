using static TensorWasm.Gpu.Interop;

namespace TensorWasm.Gpu;

/// <summary>An event of the driver (CUevent).</summary>
internal sealed unsafe class CudaEventHandle : CudaHandle
{
    private CudaEventHandle(nint value)
        : base(value)
    {
    }

    /// <param name="isTimed">Whether it notes when it happened, which costs the GPU about a microsecond.</param>
    internal static CudaEventHandle Create(bool isTimed)
    {
        TryCreate(isTimed, out var created).Check("an event");
        return created!;
    }

    /// <summary>The same for who can do without.</summary>
    internal static CudaResult TryCreate(bool isTimed, out CudaEventHandle? created)
    {
        nint value;
        var result = Cuda.cuEventCreate(&value, isTimed ? Cuda.CU_EVENT_DEFAULT : Cuda.CU_EVENT_DISABLE_TIMING);
        created = result == CudaResult.CUDA_SUCCESS ? new CudaEventHandle(value) : null;
        return result;
    }

    protected override CudaResult Free(nint value) => Cuda.cuEventDestroy_v2(value);
}

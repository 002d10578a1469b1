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
        nint value;
        Cuda.cuEventCreate(&value, isTimed ? Cuda.CU_EVENT_DEFAULT : Cuda.CU_EVENT_DISABLE_TIMING).Check("an event");
        return new CudaEventHandle(value);
    }

    protected override CudaResult Free(nint value) => Cuda.cuEventDestroy_v2(value);
}

using static TensorWasm.Gpu.Interop;

namespace TensorWasm.Gpu;

/// <summary>Loaded machine code (CUlibrary).</summary>
internal sealed unsafe class CudaLibraryHandle : CudaHandle
{
    private CudaLibraryHandle(nint value)
        : base(value)
    {
    }

    internal static CudaLibraryHandle Load(ReadOnlySpan<byte> image)
    {
        nint value;
        fixed (byte* code = image)
        {
            Cuda.cuLibraryLoadData(&value, code, null, null, 0, null, null, 0).Check("loading machine code");
        }
        return new CudaLibraryHandle(value);
    }

    protected override CudaResult Free(nint value) => Cuda.cuLibraryUnload(value);
}

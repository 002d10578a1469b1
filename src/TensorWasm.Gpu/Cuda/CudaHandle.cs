using System.Runtime.InteropServices;

namespace TensorWasm.Gpu;

/// <summary>
/// An object of the driver, of the context that is current when it is made, freed once. One of a context that is over went
/// with it, and the driver may not survive to be asked for it.
/// </summary>
internal abstract class CudaHandle : SafeHandle
{
    private readonly CudaContext? _context = CudaContext.Current;

    /// <param name="value">The driver's handle.</param>
    protected CudaHandle(nint value)
        : base(0, ownsHandle: true) => SetHandle(value);

    public override bool IsInvalid => handle == 0;

    /// <summary>The driver's handle. Whoever passes it on keeps this object alive meanwhile.</summary>
    internal nint Value => handle;

    protected override bool ReleaseHandle() => _context is { IsOver: true } || Free(handle) == CudaResult.CUDA_SUCCESS;

    protected abstract CudaResult Free(nint value);
}

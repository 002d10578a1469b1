using System.Runtime.InteropServices;

namespace TensorWasm.Gpu;

/// <summary>
/// An object of the driver, freed once. Freeing one of a context that was lost fails, which is no harm; while the driver
/// is stuck it is not tried.
/// </summary>
internal abstract class CudaHandle : SafeHandle
{
    /// <param name="value">The driver's handle.</param>
    protected CudaHandle(nint value)
        : base(0, ownsHandle: true) => SetHandle(value);

    public override bool IsInvalid => handle == 0;

    /// <summary>The driver's handle. Whoever passes it on keeps this object alive meanwhile.</summary>
    internal nint Value => handle;

    protected override bool ReleaseHandle() => CudaDriver.IsStuck || Free(handle) == CudaResult.CUDA_SUCCESS;

    protected abstract CudaResult Free(nint value);
}

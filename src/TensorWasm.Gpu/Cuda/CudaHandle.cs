using System.Runtime.InteropServices;

namespace TensorWasm.Gpu;

/// <summary>
/// An object of the driver, of the device whose context is current when it is made, freed once. Freeing one of a context
/// that was lost fails, which is no harm; while the driver is stuck with that device it is not tried.
/// </summary>
internal abstract class CudaHandle : SafeHandle
{
    private readonly int _device = CudaContext.CurrentDevice;

    /// <param name="value">The driver's handle.</param>
    protected CudaHandle(nint value)
        : base(0, ownsHandle: true) => SetHandle(value);

    public override bool IsInvalid => handle == 0;

    /// <summary>The driver's handle. Whoever passes it on keeps this object alive meanwhile.</summary>
    internal nint Value => handle;

    protected override bool ReleaseHandle() => CudaDriver.IsStuck(_device) || Free(handle) == CudaResult.CUDA_SUCCESS;

    protected abstract CudaResult Free(nint value);
}

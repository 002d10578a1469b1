using TensorWasm.Gpu;

namespace TensorWasm.Host;

/// <summary>
/// What a guest is answered: the codes of <c>wasi:cuda</c> (<c>AbiError</c>), and below them those of
/// <c>tensorwasm:gpu</c> (<c>error</c> in tensorwasm-gpu.wit), whose first eleven are the same.
/// </summary>
internal enum HostError
{
    NotAvailable = -1,
    InvalidPointer = -2,
    InvalidKernel = -3,
    MalformedPtx = -4,
    LaunchFailed = -5,
    QuotaExceeded = -6,
    Internal = -7,
    InvalidDimensions = -8,
    InvalidArguments = -9,
    ArgumentsUnsupported = -10,
    InvalidHandle = -11,
    OutOfMemory = -12,
    DeadlineExceeded = -13,
    OutOfBounds = -14,
    Trapped = -15,
    DeviceLost = -16,
}

/// <summary>Codes for failures of devices.</summary>
internal static class HostErrors
{
    /// <summary>The code for a device's failure.</summary>
    internal static HostError Of(GpuErrorCode code) => code switch
    {
        GpuErrorCode.NotAvailable => HostError.NotAvailable,
        GpuErrorCode.MalformedPtx => HostError.MalformedPtx,
        GpuErrorCode.InvalidKernel => HostError.InvalidKernel,
        GpuErrorCode.InvalidDimensions => HostError.InvalidDimensions,
        GpuErrorCode.InvalidArguments => HostError.InvalidArguments,
        GpuErrorCode.InvalidRange => HostError.InvalidPointer,
        GpuErrorCode.InvalidHandle => HostError.InvalidHandle,
        GpuErrorCode.OutOfMemory => HostError.OutOfMemory,
        GpuErrorCode.QuotaExceeded => HostError.QuotaExceeded,
        GpuErrorCode.LaunchFailed => HostError.LaunchFailed,
        GpuErrorCode.DeadlineExceeded => HostError.DeadlineExceeded,
        GpuErrorCode.OutOfBounds => HostError.OutOfBounds,
        GpuErrorCode.Trapped or GpuErrorCode.Diverged => HostError.Trapped,
        GpuErrorCode.DeviceLost => HostError.DeviceLost,
        _ => HostError.Internal,
    };

    /// <summary>The nearest code that <c>wasi:cuda</c> has.</summary>
    internal static HostError ForCuda(HostError error) => error switch
    {
        HostError.OutOfMemory => HostError.QuotaExceeded,
        HostError.DeadlineExceeded or HostError.OutOfBounds or HostError.Trapped or HostError.DeviceLost =>
            HostError.LaunchFailed,
        _ => error,
    };
}

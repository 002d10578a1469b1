namespace TensorWasm.Gpu;

/// <summary>
/// What went wrong, for code that must decide; the message of <see cref="GpuException"/> is for people.
/// </summary>
public enum GpuErrorCode
{
    /// <summary>There is no such device, or it can't be used.</summary>
    NotAvailable = 1,

    /// <summary>The PTX can't be parsed, verified, fenced or assembled.</summary>
    MalformedPtx,

    /// <summary>The module has no such kernel, or it can't run on this device.</summary>
    InvalidKernel,

    /// <summary>Grid, block or shared memory are beyond the device's limits or the kernel's own promises.</summary>
    InvalidDimensions,

    /// <summary>The arguments do not match the kernel's parameters in count, size or kind.</summary>
    InvalidArguments,

    /// <summary>A range lies outside a buffer or a memory.</summary>
    InvalidRange,

    /// <summary>An object was freed, or belongs to another region.</summary>
    InvalidHandle,

    /// <summary>The device, or the region's heap, has no room left.</summary>
    OutOfMemory,

    /// <summary>The tenant has used what it was granted.</summary>
    QuotaExceeded,

    /// <summary>The driver refused a launch.</summary>
    LaunchFailed,

    /// <summary>A kernel ran past its deadline and ended itself.</summary>
    DeadlineExceeded,

    /// <summary>A kernel accessed memory outside its region or variable and was stopped.</summary>
    OutOfBounds,

    /// <summary>A kernel executed <c>trap</c>.</summary>
    Trapped,

    /// <summary>Threads that must execute an instruction together did not, and were stopped before it.</summary>
    Diverged,

    /// <summary>The device failed, and what lay on it is gone. A driver that saw a fault opens it in a new process only.</summary>
    DeviceLost,

    /// <summary>A defect of this program or of the driver.</summary>
    Internal,
}

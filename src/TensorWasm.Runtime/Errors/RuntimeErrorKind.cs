namespace TensorWasm.Runtime;

/// <summary>
/// What stood in the way of a request: where, whose side, and what. The numbers are stable: jobs store them.
/// </summary>
public enum RuntimeErrorKind
{
    /// <summary>A name is empty, too long, or has characters that names must not have.</summary>
    InvalidName = 1,

    /// <summary>The module's bytes are malformed or invalid WebAssembly.</summary>
    InvalidModule = 2,

    /// <summary>The module uses a feature that the engine does not run.</summary>
    UnsupportedModule = 3,

    /// <summary>The module is larger than its tenant may deploy.</summary>
    ModuleTooLarge = 4,

    /// <summary>A setting is out of its range, or asks for more than the tenant's quota has.</summary>
    InvalidSettings = 5,

    /// <summary>The tenant has no such function.</summary>
    FunctionNotFound = 6,

    /// <summary>The function has no such version or alias.</summary>
    VersionNotFound = 7,

    /// <summary>The module exports no function of that name, or none that is started by default.</summary>
    ExportNotFound = 8,

    /// <summary>The arguments don't fit the export's parameters.</summary>
    InvalidArguments = 9,

    /// <summary>The module imports something that is not offered, or with another type.</summary>
    LinkFailed = 10,

    /// <summary>The tenant is suspended.</summary>
    TenantSuspended = 11,

    /// <summary>The tenant has as much as its quota allows; the message names the quota.</summary>
    QuotaExceeded = 12,

    /// <summary>As many invocations of the tenant wait already as may.</summary>
    QueueFull = 13,

    /// <summary>No place came free within the time that an invocation may wait. Transient.</summary>
    QueueTimeout = 14,

    /// <summary>The guest ran longer than it may.</summary>
    DeadlineExceeded = 15,

    /// <summary>Who asked for it has cancelled it.</summary>
    Cancelled = 16,

    /// <summary>The guest trapped.</summary>
    GuestTrapped = 17,

    /// <summary>The guest ended itself with an exit code that is not 0.</summary>
    GuestExited = 18,

    /// <summary>The guest needs more memory, tables or stack than it may have.</summary>
    LimitExceeded = 19,

    /// <summary>There is something else under that name or key.</summary>
    Conflict = 20,

    /// <summary>There is no such job.</summary>
    JobNotFound = 21,

    /// <summary>A job ran several times and the process ended each time before it was finished.</summary>
    JobInterrupted = 22,

    /// <summary>There is no such kernel.</summary>
    KernelNotFound = 23,

    /// <summary>There is no such tenant.</summary>
    TenantNotFound = 24,

    /// <summary>There is no such token.</summary>
    TokenNotFound = 25,

    /// <summary>The database can't be reached or is full. Transient.</summary>
    StateUnavailable = 26,

    /// <summary>A stored blob is missing or does not match its digest.</summary>
    BlobUnavailable = 27,

    /// <summary>The process is shutting down and takes no more work. Transient.</summary>
    ShuttingDown = 28,

    /// <summary>A fault of the runtime itself.</summary>
    Internal = 29,

    /// <summary>The device has failed, and is not open again yet. Transient.</summary>
    DeviceLost = 30,

    /// <summary>There is no room left to store anything. Transient, since its operator can make room.</summary>
    DiskFull = 31,
}

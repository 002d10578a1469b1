using TensorWasm.Runtime;

namespace TensorWasm.Server;

/// <summary>The runtime's errors as clients are told them.</summary>
internal static class RuntimeErrors
{
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(1);

    /// <summary>An error of the runtime as the gateway's.</summary>
    internal static GatewayError Of(RuntimeError error)
    {
        var (kind, status) = Row(error.Kind);
        return new(kind, status, error.Message) { RetryAfter = error.IsTransient ? Soon : null };
    }

    private static (string Kind, int Status) Row(RuntimeErrorKind kind) => kind switch
    {
        RuntimeErrorKind.InvalidName => (ErrorKind.InvalidName, 400),
        RuntimeErrorKind.InvalidModule => (ErrorKind.InvalidWasm, 400),
        RuntimeErrorKind.UnsupportedModule => (ErrorKind.InvalidWasm, 400),
        RuntimeErrorKind.ModuleTooLarge => (ErrorKind.BodyTooLarge, 413),
        RuntimeErrorKind.InvalidSettings => (ErrorKind.InvalidRequest, 400),
        RuntimeErrorKind.FunctionNotFound => (ErrorKind.NotFound, 404),
        RuntimeErrorKind.VersionNotFound => (ErrorKind.NotFound, 404),
        RuntimeErrorKind.ExportNotFound => (ErrorKind.MissingExport, 400),
        RuntimeErrorKind.InvalidArguments => (ErrorKind.InvalidArguments, 400),
        RuntimeErrorKind.LinkFailed => (ErrorKind.GuestFailed, 500),
        RuntimeErrorKind.TenantSuspended => (ErrorKind.TenantSuspended, 403),
        RuntimeErrorKind.QuotaExceeded => (ErrorKind.QuotaExceeded, 403),
        RuntimeErrorKind.QueueFull => (ErrorKind.Overloaded, 429),
        RuntimeErrorKind.QueueTimeout => (ErrorKind.Overloaded, 503),
        RuntimeErrorKind.DeadlineExceeded => (ErrorKind.InvokeTimeout, 504),
        RuntimeErrorKind.Cancelled => (ErrorKind.Cancelled, 409),
        RuntimeErrorKind.GuestTrapped => (ErrorKind.GuestFailed, 500),
        RuntimeErrorKind.GuestExited => (ErrorKind.GuestFailed, 500),
        RuntimeErrorKind.LimitExceeded => (ErrorKind.GuestFailed, 500),
        RuntimeErrorKind.Conflict => (ErrorKind.Conflict, 409),
        RuntimeErrorKind.JobNotFound => (ErrorKind.NotFound, 404),
        RuntimeErrorKind.JobInterrupted => (ErrorKind.Internal, 500),
        RuntimeErrorKind.KernelNotFound => (ErrorKind.NotFound, 404),
        RuntimeErrorKind.TenantNotFound => (ErrorKind.NotFound, 404),
        RuntimeErrorKind.TokenNotFound => (ErrorKind.NotFound, 404),
        RuntimeErrorKind.StateUnavailable => (ErrorKind.Unavailable, 503),
        RuntimeErrorKind.DiskFull => (ErrorKind.DiskFull, 507),
        RuntimeErrorKind.BlobUnavailable => (ErrorKind.Unavailable, 503),
        RuntimeErrorKind.ShuttingDown => (ErrorKind.Unavailable, 503),
        RuntimeErrorKind.DeviceLost => (ErrorKind.Unavailable, 503),
        _ => (ErrorKind.Internal, 500),
    };
}

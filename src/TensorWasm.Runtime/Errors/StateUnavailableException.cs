namespace TensorWasm.Runtime;

/// <summary>
/// The database can't be reached, is locked for too long, or can't write. Nothing of the operation was kept. Stores
/// throw it; the services turn it into <see cref="RuntimeErrorKind.StateUnavailable"/>.
/// </summary>
public sealed class StateUnavailableException : Exception
{
    /// <summary>Creates the error.</summary>
    public StateUnavailableException(string message, Exception? inner = null)
        : base(message, inner) => IsDiskFull = FullDisk.IsReason(inner);

    /// <summary>Whether the reason is a disk without room.</summary>
    public bool IsDiskFull { get; }
}

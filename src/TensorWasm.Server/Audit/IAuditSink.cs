namespace TensorWasm.Server;

/// <summary>Where audit records go. One caller at a time.</summary>
internal interface IAuditSink : IDisposable
{
    /// <summary>How the chain stands: the last record's number and hash.</summary>
    public AuditHead Head { get; }

    /// <summary>Bytes of a record that a crash cut off and that were taken away when the sink was opened.</summary>
    public long RecoveredBytes { get; }

    /// <summary>Writes whole lines, all or (after an error) none of them.</summary>
    /// <exception cref="IOException">They could not be written; the sink stays usable.</exception>
    /// <exception cref="UnauthorizedAccessException">As before.</exception>
    public void Write(ReadOnlySpan<byte> lines, bool durable, AuditHead head);
}

namespace TensorWasm.Server;

/// <summary>The audit log on a stream such as standard output; its chain begins anew with each process.</summary>
internal sealed class AuditStream(Stream stream) : IAuditSink
{
    public AuditHead Head { get; private set; } = AuditHead.Empty;

    public long RecoveredBytes => 0;

    public void Write(ReadOnlySpan<byte> lines, bool durable, AuditHead head)
    {
        stream.Write(lines);
        stream.Flush();
        Head = head;
    }

    // The stream is its owner's to close.
    public void Dispose() => stream.Flush();
}

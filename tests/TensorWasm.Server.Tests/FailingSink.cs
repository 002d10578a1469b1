using System.Text;

namespace TensorWasm.Server.Tests;

/// <summary>A place for audit records that is full at times.</summary>
internal sealed class FailingSink : IAuditSink
{
    private readonly StringBuilder _text = new();

    internal bool IsFailing { get; set; }

    internal string Text => _text.ToString();

    public AuditHead Head { get; private set; } = AuditHead.Empty;

    public long RecoveredBytes => 0;

    public void Write(ReadOnlySpan<byte> lines, bool durable, AuditHead head)
    {
        if (IsFailing) throw new IOException("No space left on device");
        _text.Append(Encoding.UTF8.GetString(lines));
        Head = head;
    }

    public void Dispose()
    {
    }
}

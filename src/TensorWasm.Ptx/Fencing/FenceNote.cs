using TensorWasm.Ptx.Syntax;

namespace TensorWasm.Ptx.Fencing;

/// <summary>One thing the fence did to a kernel, or found it need not do.</summary>
public sealed class FenceNote
{
    private readonly object _subject;

    internal FenceNote(SourcePosition position, object subject, FenceAction action, string reason)
    {
        Position = position;
        _subject = subject;
        Action = action;
        Reason = reason;
    }

    /// <summary>The place in the author's PTX.</summary>
    public SourcePosition Position { get; }

    /// <summary>The author's instruction, or what was inserted. Rendered when asked for: most notes never are.</summary>
    public string Instruction => _subject.ToString() ?? "";

    /// <summary>What was done.</summary>
    public FenceAction Action { get; }

    /// <summary>Why.</summary>
    public string Reason { get; }

    /// <inheritdoc/>
    public override string ToString() => $"{Position}: {Action}: {Instruction}: {Reason}";
}

using TensorWasm.Ptx.Syntax;

namespace TensorWasm.Ptx.Fencing;

/// <summary>One thing the fence did to a kernel, or found it need not do.</summary>
public sealed class FenceNote
{
    private readonly object _subject;
    private readonly object _reason;

    internal FenceNote(SourcePosition position, object subject, FenceAction action, object reason)
    {
        Position = position;
        _subject = subject;
        Action = action;
        _reason = reason;
    }

    /// <summary>The place in the author's PTX.</summary>
    public SourcePosition Position { get; }

    /// <summary>The author's instruction, or what was inserted. Rendered when asked for: most notes never are.</summary>
    public string Instruction => _subject.ToString() ?? "";

    /// <summary>What was done.</summary>
    public FenceAction Action { get; }

    /// <summary>Why.</summary>
    public string Reason => _reason.ToString() ?? "";

    /// <inheritdoc/>
    public override string ToString() => $"{Position}: {Action}: {Instruction}: {Reason}";
}

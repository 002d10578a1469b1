namespace TensorWasm.Ptx.Syntax;

/// <summary>A place in PTX text; line and column count from 1. The default value means "inserted by a pass".</summary>
/// <param name="Line">The line, from 1.</param>
/// <param name="Column">The column in characters, from 1.</param>
public readonly record struct SourcePosition(int Line, int Column)
{
    /// <inheritdoc/>
    public override string ToString() => $"{Line}:{Column}";
}

namespace TensorWasm.Ptx.Syntax;

/// <summary>A <c>.loc</c> debugging directive (PTX ISA 11.5.5).</summary>
/// <param name="File">Index of the <c>.file</c>.</param>
/// <param name="Line">Source line.</param>
/// <param name="Column">Source column.</param>
/// <param name="FunctionName">Label of the inlined function's name, or null.</param>
/// <param name="FunctionNameOffset">Offset from that label.</param>
/// <param name="InlinedAt">File, line and column of the call site, or empty.</param>
/// <param name="Position">Where it starts.</param>
public sealed record LocSyntax(
    long File,
    long Line,
    long Column,
    string? FunctionName,
    long FunctionNameOffset,
    IReadOnlyList<long> InlinedAt,
    SourcePosition Position) : SyntaxNode(Position);

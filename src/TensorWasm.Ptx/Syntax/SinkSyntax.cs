namespace TensorWasm.Ptx.Syntax;

/// <summary>The sink <c>_</c>: a result that is not wanted (PTX ISA 6.3).</summary>
/// <param name="Position">Where it stands.</param>
public sealed record SinkSyntax(SourcePosition Position) : OperandSyntax(Position);

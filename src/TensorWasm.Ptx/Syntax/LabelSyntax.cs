namespace TensorWasm.Ptx.Syntax;

/// <summary>A label (PTX ISA 4.3.1).</summary>
/// <param name="Name">The label's name.</param>
/// <param name="Position">Where it starts.</param>
public sealed record LabelSyntax(string Name, SourcePosition Position) : SyntaxNode(Position);

namespace TensorWasm.Ptx.Syntax;

/// <summary>An initialiser: a value, or a braced list of them (PTX ISA 5.4.4, Initializers).</summary>
/// <param name="Value">The value when this is a leaf.</param>
/// <param name="Elements">The elements when this is a list.</param>
/// <param name="Position">Where it starts.</param>
public sealed record InitializerSyntax(
    OperandSyntax? Value, IReadOnlyList<InitializerSyntax>? Elements, SourcePosition Position)
    : SyntaxNode(Position);

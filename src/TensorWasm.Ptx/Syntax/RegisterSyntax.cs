namespace TensorWasm.Ptx.Syntax;

/// <summary>A register declaration (PTX ISA 5.1.1, Register State Space).</summary>
/// <param name="Type">The type with its dot.</param>
/// <param name="Names">Each declared name or range.</param>
/// <param name="Position">Where it starts.</param>
public sealed record RegisterSyntax(string Type, IReadOnlyList<RegisterNameSyntax> Names, SourcePosition Position)
    : SyntaxNode(Position);

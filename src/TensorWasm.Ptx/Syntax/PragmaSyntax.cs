namespace TensorWasm.Ptx.Syntax;

/// <summary>A <c>.pragma</c> at module or statement level (PTX ISA 11.4.8).</summary>
/// <param name="Strings">The pragma strings.</param>
/// <param name="Position">Where it starts.</param>
public sealed record PragmaSyntax(IReadOnlyList<string> Strings, SourcePosition Position) : SyntaxNode(Position);

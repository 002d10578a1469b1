namespace TensorWasm.Ptx.Syntax;

/// <summary>A <c>{ }</c> scope (PTX ISA 4.2, Comments and Statements).</summary>
/// <param name="Statements">The statements in it.</param>
/// <param name="Position">Where it starts.</param>
public sealed record BlockSyntax(IReadOnlyList<SyntaxNode> Statements, SourcePosition Position) : SyntaxNode(Position);

namespace TensorWasm.Ptx.Syntax;

/// <summary>A guard predicate <c>@p</c> or <c>@!p</c> (PTX ISA 9.3, Predicated Execution).</summary>
/// <param name="Register">The predicate register's name.</param>
/// <param name="IsNegated">True for <c>@!p</c>.</param>
/// <param name="Position">Where it starts.</param>
public sealed record GuardSyntax(string Register, bool IsNegated, SourcePosition Position) : SyntaxNode(Position);

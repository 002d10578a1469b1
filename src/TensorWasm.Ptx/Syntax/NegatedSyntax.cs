namespace TensorWasm.Ptx.Syntax;

/// <summary>A negated predicate operand <c>!p</c>.</summary>
/// <param name="Register">The predicate register.</param>
/// <param name="Position">Where it starts.</param>
public sealed record NegatedSyntax(string Register, SourcePosition Position) : OperandSyntax(Position);

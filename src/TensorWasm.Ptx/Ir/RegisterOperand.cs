namespace TensorWasm.Ptx.Ir;

/// <summary>A register, or a negated predicate.</summary>
/// <param name="Register">The register.</param>
/// <param name="IsNegated">True for <c>!p</c>.</param>
public sealed record RegisterOperand(Register Register, bool IsNegated = false) : Operand;

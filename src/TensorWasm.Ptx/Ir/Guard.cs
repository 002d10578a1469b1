namespace TensorWasm.Ptx.Ir;

/// <summary>A guard predicate (PTX ISA 9.3).</summary>
/// <param name="Register">The predicate.</param>
/// <param name="IsNegated">True for <c>@!p</c>.</param>
public sealed record Guard(Register Register, bool IsNegated);

namespace TensorWasm.Ptx.Ir;

/// <summary>The targets of <c>brx.idx</c>, in order (PTX ISA 9.7.12.3).</summary>
/// <param name="Labels">The targets.</param>
public sealed record TableOperand(IReadOnlyList<Label> Labels) : Operand;

namespace TensorWasm.Ptx.Ir;

/// <summary>A vector of operands (PTX ISA 6.4.3).</summary>
/// <param name="Elements">The elements.</param>
public sealed record VectorOperand(IReadOnlyList<Operand> Elements) : Operand;

namespace TensorWasm.Ptx.Ir;

/// <summary>A memory address: a register, a variable or neither, plus a constant (PTX ISA 6.4.1).</summary>
/// <param name="Base">The register, or null.</param>
/// <param name="Variable">The variable, or null.</param>
/// <param name="Offset">The constant.</param>
public sealed record MemoryOperand(Register? Base, Variable? Variable, long Offset) : Operand;

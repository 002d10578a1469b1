namespace TensorWasm.Ptx.Ir;

/// <summary>The address of a variable in its own space, plus a constant.</summary>
/// <param name="Variable">The variable.</param>
/// <param name="Offset">The constant.</param>
public sealed record AddressOfOperand(Variable Variable, long Offset) : Operand;

namespace TensorWasm.Ptx.Ir;

/// <summary>A branch target.</summary>
/// <param name="Label">The target.</param>
public sealed record LabelOperand(Label Label) : Operand;

namespace TensorWasm.Ptx.Ir;

/// <summary>Two destinations <c>a|b</c>.</summary>
/// <param name="First">The first.</param>
/// <param name="Second">The second.</param>
public sealed record PairOperand(Operand First, Operand Second) : Operand;

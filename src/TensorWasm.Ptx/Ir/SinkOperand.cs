namespace TensorWasm.Ptx.Ir;

/// <summary>A result that is not wanted.</summary>
public sealed record SinkOperand : Operand;

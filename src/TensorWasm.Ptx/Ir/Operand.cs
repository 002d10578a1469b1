namespace TensorWasm.Ptx.Ir;

/// <summary>An operand with its names resolved (PTX ISA 6).</summary>
public abstract record Operand;

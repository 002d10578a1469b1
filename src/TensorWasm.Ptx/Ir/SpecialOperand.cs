using TensorWasm.Ptx.Isa;

namespace TensorWasm.Ptx.Ir;

/// <summary>A special register (PTX ISA 10).</summary>
/// <param name="Register">The register.</param>
public sealed record SpecialOperand(SpecialRegister Register) : Operand;

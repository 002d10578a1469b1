using TensorWasm.Ptx.Ir;

namespace TensorWasm.Ptx.Analyses;

/// <summary>An instruction that writes a register, and where it stands.</summary>
internal readonly record struct Definition(Instruction Instruction, CodePoint Point);

using TensorWasm.Ptx.Ir;

namespace TensorWasm.Ptx.Semantics;

/// <summary>A label or an instruction, before blocks are made.</summary>
internal readonly record struct CodeItem(Label? Label, Instruction? Instruction);

using TensorWasm.Ptx.Ir;
using TensorWasm.Ptx.Isa;

namespace TensorWasm.Ptx.Passes;

/// <summary>An access in a loop whose address is affine.</summary>
internal sealed record LoopAccess(
    Instruction Instruction, AffineValue Address, long Offset, int Bytes, StateSpace Space, bool IsWrite);

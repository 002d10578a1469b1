using TensorWasm.Wasm;

namespace TensorWasm.Engine.Compilation;

/// <summary>Which lane instructions make up the accesses to a lane in memory.</summary>
internal static class VectorTable
{
    /// <summary>The instruction that replaces a lane of a size in bytes.</summary>
    internal static Opcode ReplaceLane(int size) => size switch
    {
        1 => Opcode.I8x16ReplaceLane,
        2 => Opcode.I16x8ReplaceLane,
        4 => Opcode.I32x4ReplaceLane,
        _ => Opcode.I64x2ReplaceLane,
    };

    /// <summary>The instruction that extracts a lane of a size in bytes.</summary>
    internal static Opcode ExtractLane(int size) => size switch
    {
        1 => Opcode.I8x16ExtractLaneU,
        2 => Opcode.I16x8ExtractLaneU,
        4 => Opcode.I32x4ExtractLane,
        _ => Opcode.I64x2ExtractLane,
    };

    /// <summary>Emits an instruction without immediates in place; false where its helper must be called.</summary>
    internal static bool TryEmit(Opcode opcode, IlWriter il, References references)
    {
        if (!VectorIntrinsics.TryGet(opcode, out var row)) return false;

        row.Emit(il, references);
        return true;
    }
}

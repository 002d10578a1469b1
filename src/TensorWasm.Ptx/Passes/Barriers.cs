using TensorWasm.Ptx.Ir;
using TensorWasm.Ptx.Isa;

namespace TensorWasm.Ptx.Passes;

/// <summary>The forms of barriers (PTX ISA 9.7.13.1): <c>bar</c> and <c>barrier</c>, which wait, and may reduce.</summary>
internal static class Barriers
{
    public static bool IsBarrier(Instruction instruction) => instruction.Opcode.Effect == Effect.Barrier;

    /// <summary>Whether an instruction is a barrier that also gives threads what all of them say.</summary>
    public static bool IsReduction(Instruction instruction) => IsBarrier(instruction) && instruction.Opcode.Has("red");

    /// <summary>Where among a barrier's operands its number stands: behind the result, if it has one.</summary>
    public static int IndexOfNumber(Instruction barrier) => IsReduction(barrier) ? 1 : 0;

    /// <summary>The operand that says which of a block's barriers it is.</summary>
    public static Operand NumberOf(Instruction barrier) => barrier.Operands[IndexOfNumber(barrier)];
}

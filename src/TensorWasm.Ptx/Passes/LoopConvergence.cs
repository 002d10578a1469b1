using TensorWasm.Ptx.Analyses;
using TensorWasm.Ptx.Ir;
using TensorWasm.Ptx.Isa;

namespace TensorWasm.Ptx.Passes;

/// <summary>
/// Threads that meet inside a loop must choose the same copy of it. Where each iteration has a barrier or a
/// warp-wide instruction that all threads reach, they agree through one of that kind before the loop; where only
/// some iterations have one, the loop keeps one copy.
/// </summary>
internal static class LoopConvergence
{
    /// <summary>
    /// Finds the instruction through which the threads meet: null when they do not; false when they might.
    /// </summary>
    public static bool TryFind(LoopFacts facts, out Instruction? meeting, out string reason)
    {
        meeting = null;
        reason = "";
        bool meets = false;
        foreach (int block in facts.Loop.Blocks)
        {
            bool always = facts.IsOnEveryPath(block);
            foreach (Instruction instruction in facts.Graph.Blocks[block].Instructions)
            {
                if (!Meets(instruction))
                {
                    continue;
                }

                meets = true;
                bool isBarrier = instruction.Opcode.Effect == Effect.Barrier;
                if (always && instruction.Guard is null && IsWhole(instruction)
                    && (meeting is null || (isBarrier && meeting.Opcode.Effect != Effect.Barrier)))
                {
                    meeting = instruction;
                }
            }
        }

        if (meets && meeting is null)
        {
            reason = "threads meet in some iterations only, so they could not agree on a copy before the loop";
            return false;
        }

        bool needsBlock = facts.Loop.Blocks.SelectMany(block => facts.Graph.Blocks[block].Instructions)
            .Any(i => i.Opcode.Effect is Effect.Barrier or Effect.Wgmma or Effect.WgmmaSync);
        if (needsBlock && meeting!.Opcode.Effect != Effect.Barrier)
        {
            reason = "the block meets in some iterations only, so it could not agree on a copy before the loop";
            return false;
        }

        return true;
    }

    /// <summary>Makes a predicate the same for all threads that meet.</summary>
    public static Register Agree(AffineEvaluator evaluator, Instruction? meeting, Register predicate)
    {
        if (meeting is null)
        {
            return predicate;
        }

        if (meeting.Opcode.Effect != Effect.Barrier)
        {
            return evaluator.Emit(PtxType.Pred, "vote.sync.all.pred", PassContext.Reg(predicate), PassContext.Imm(-1));
        }

        Operand barrier = meeting.Opcode.Has("red") ? meeting.Operands[1] : meeting.Operands[0];
        return evaluator.Emit(PtxType.Pred, "bar.red.and.pred", barrier, PassContext.Reg(predicate));
    }

    private static bool Meets(Instruction instruction) => instruction.Opcode.Effect
        is Effect.Barrier or Effect.Warp or Effect.MatrixLoad or Effect.MatrixStore or Effect.Wgmma or Effect.WgmmaSync;

    /// <summary>True when the whole block, or the whole warp, takes part.</summary>
    private static bool IsWhole(Instruction instruction)
    {
        PtxOpcode opcode = instruction.Opcode;
        if (opcode.Effect == Effect.Barrier || opcode.Has("aligned"))
        {
            return true;
        }

        return opcode.Has("sync") && instruction.Operands[^1] is ImmediateOperand { IsInteger: true } mask
            && unchecked((uint)mask.Bits) == uint.MaxValue;
    }
}

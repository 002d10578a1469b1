using TensorWasm.Ptx.Analyses;
using TensorWasm.Ptx.Fencing;
using TensorWasm.Ptx.Ir;
using TensorWasm.Ptx.Isa;
using TensorWasm.Ptx.Semantics;

namespace TensorWasm.Ptx.Passes;

/// <summary>
/// Threads that meet inside a loop must choose the same copy of it. Where each iteration has a barrier or a
/// warp-wide instruction that all threads reach, they agree before the loop; where only some iterations have one, the
/// loop keeps one copy. The threads of a warp agree by a vote; warps that take different copies still meet at the same
/// barrier. Only where warps multiply matrices together the whole block agrees, by a reduction at its barrier.
/// </summary>
internal static class LoopConvergence
{
    /// <summary>Who must agree on a copy of a loop.</summary>
    public enum Party
    {
        Nobody,
        Warp,
        Block,
    }

    /// <summary>Finds out who meets in a loop; false when they could not agree before it.</summary>
    public static bool TryFind(LoopFacts facts, out Party party, out Instruction? barrier, out string reason)
    {
        party = Party.Nobody;
        barrier = null;
        reason = "";
        bool isSure = false;
        foreach (int block in facts.Loop.Blocks)
        {
            bool always = facts.IsOnEveryPath(block);
            foreach (Instruction instruction in facts.Graph.Blocks[block].Instructions)
            {
                if (!Meets(instruction))
                {
                    continue;
                }

                bool multiplies = instruction.Opcode.Effect is Effect.Wgmma or Effect.WgmmaSync;
                party = multiplies || party == Party.Block ? Party.Block : Party.Warp;
                if (always && instruction.Guard is null && IsWhole(instruction))
                {
                    isSure = true;
                    barrier ??= Barriers.IsBarrier(instruction) ? instruction : null;
                }
            }
        }

        if (party == Party.Nobody || (party == Party.Warp && isSure) || (party == Party.Block && barrier is not null))
        {
            return true;
        }

        reason = party == Party.Block
            ? "the block meets in some iterations only, so it could not agree on a copy before the loop"
            : "threads meet in some iterations only, so they could not agree on a copy before the loop";
        return false;
    }

    /// <summary>Makes a predicate the same for all threads that must agree.</summary>
    public static Register Agree(
        PassContext context, AffineEvaluator evaluator, Party party, Instruction? barrier, bool meetAlike, Register predicate)
    {
        if (party == Party.Nobody)
        {
            return predicate;
        }

        if (party == Party.Warp)
        {
            // A vote is taken among the threads that execute it together, its reader one of them: it never says yes to one
            // that says no.
            return evaluator.Emit(PtxType.Pred, "vote.sync.all.pred", PassContext.Reg(predicate), PassContext.Imm(-1));
        }

        Register all = evaluator.Emit(
            PtxType.Pred, "bar.red.and.pred", Barriers.NumberOf(barrier!), PassContext.Reg(predicate));
        Register mine = evaluator.Emit(PtxType.Pred, "and.pred", PassContext.Reg(all), PassContext.Reg(predicate));
        if (!meetAlike)
        {
            // Threads that do not come here together are undefined; none may run unfenced because others could.
            Register not = evaluator.Emit(PtxType.Pred, "not.pred", PassContext.Reg(predicate));
            Register parted = evaluator.Emit(PtxType.Pred, "and.pred", PassContext.Reg(all), PassContext.Reg(not));
            parted = evaluator.Emit(PtxType.Pred, "vote.sync.any.pred", PassContext.Reg(parted), PassContext.Imm(-1));
            Label stop = context.Stops.Site(FenceStatus.Diverged, barrier!.Position, null, 0, isWrite: false);
            evaluator.Code.Add(InstructionFactory.Create(
                "bra", [new LabelOperand(stop)], new Guard(parted, false), barrier.Position, "the block must be here together"));
        }

        // The vote tells the assembler that a warp goes one way; where it does not know, it keeps descriptors out of the
        // registers that the multiplications read them from.
        Register agreed = evaluator.Emit(PtxType.Pred, "vote.sync.all.pred", PassContext.Reg(mine), PassContext.Imm(-1));
        if (meetAlike)
        {
            context.Agreed.Add(agreed);
        }

        return agreed;
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

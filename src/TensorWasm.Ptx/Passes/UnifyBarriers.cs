using TensorWasm.Ptx.Analyses;
using TensorWasm.Ptx.Fencing;
using TensorWasm.Ptx.Ir;
using TensorWasm.Ptx.Isa;
using TensorWasm.Ptx.Semantics;

namespace TensorWasm.Ptx.Passes;

/// <summary>
/// Makes all barriers of a kernel that may meet one kind. A barrier at which threads with <c>bar.red</c> meet others with
/// <c>bar.sync</c>, or with another operation, is unpredictable (PTX ISA 9.7.13.1): an H200 raises an illegal
/// instruction, which ends the context of every tenant. So in a kernel that has any reduction, the fence's own
/// included, each barrier becomes <c>bar.red.popc</c>: <c>or</c> is "not none", <c>and</c> is "none is not", and one
/// that only waits counts nobody and drops the number. That costs some: 3 % of a matrix product. So it is not done where the
/// control flow shows that all threads of the block take the same way from barrier to barrier, as in compilers' kernels.
/// In all others each is <c>bar.sync</c>. A number of threads, allowed only where it is the block's, is left out: barriers
/// with one do not count threads that have ended. The forms that a part of a warp may execute (<c>barrier</c> without
/// <c>.aligned</c>) hang an H200 when they meet the others, so whole warps execute them, too (<see cref="GuardMeetings"/>).
/// </summary>
internal static class UnifyBarriers
{
    private const string Reason = "barriers of different kinds must not meet";
    private const string Counting = "bar.red.popc.u32";

    public static void Run(PassContext context)
    {
        bool hasReduction = context.Kernel.Has(Barriers.IsReduction);
        if (hasReduction)
        {
            BlockEditor.Split(context.Kernel);
        }

        bool mayMix = hasReduction && !Convergence.MeetAlike(ControlFlowGraph.Of(context.Kernel), context.Agreed);
        Register? nobody = null;
        foreach (Block block in context.Kernel.Code)
        {
            if (!block.Code.Exists(Barriers.IsBarrier))
            {
                continue;
            }

            List<Instruction> code = [];
            foreach (Instruction instruction in block.Code)
            {
                if (!Barriers.IsBarrier(instruction))
                {
                    code.Add(instruction);
                }
                else if (mayMix)
                {
                    code.AddRange(Count(context, instruction, ref nobody));
                }
                else if (Barriers.IsReduction(instruction))
                {
                    code.Add(instruction.Operands.Count == 3
                        ? instruction
                        : instruction.With([instruction.Operands[0], instruction.Operands[1], instruction.Operands[^1]]));
                }
                else
                {
                    code.Add(instruction.Opcode.Mnemonic == "bar" && instruction.Operands.Count == 1
                        ? instruction
                        : Make("bar.sync", instruction, instruction.Operands[0]));
                }
            }

            block.Code.Clear();
            block.Code.AddRange(code);
        }
    }

    private static IEnumerable<Instruction> Count(PassContext context, Instruction barrier, ref Register? nobody)
    {
        Operand id = Barriers.NumberOf(barrier);
        if (!Barriers.IsReduction(barrier))
        {
            nobody ??= Nobody(context);
            context.Note(barrier.Position, barrier, FenceAction.Rewritten, Reason);
            return [Make(Counting, barrier, PassContext.Reg(context.NewRegister(PtxType.B32, "%tw_met")), id, PassContext.Reg(nobody))];
        }

        var condition = (RegisterOperand)barrier.Operands[^1];
        if (barrier.Opcode.Modifier("P") == "popc")
        {
            return [Make(Counting, barrier, barrier.Operands[0], id, condition)];
        }

        context.Note(barrier.Position, barrier, FenceAction.Rewritten, Reason);
        bool isAll = barrier.Opcode.Modifier("P") == "and";
        Register count = context.NewRegister(PtxType.B32, "%tw_met");
        return
        [
            Make(Counting, barrier, PassContext.Reg(count), id, condition with { IsNegated = condition.IsNegated != isAll }),
            InstructionFactory.Create(
                isAll ? "setp.eq.u32" : "setp.ne.u32",
                [barrier.Operands[0], PassContext.Reg(count), PassContext.Imm(0)],
                barrier.Guard,
                barrier.Position,
                Reason),
        ];
    }

    private static Instruction Make(string opcode, Instruction barrier, params Operand[] operands) =>
        InstructionFactory.Create(opcode, operands, barrier.Guard, barrier.Position, barrier.Reason ?? Reason);

    /// <summary>
    /// A predicate that is false, though the assembler cannot know: it must not make a waiting barrier of a count that
    /// nobody is in and nobody reads. No status block lies at address 0.
    /// </summary>
    private static Register Nobody(PassContext context)
    {
        Register status = context.Hidden(HiddenParameter.Status);
        Register nobody = context.NewRegister(PtxType.Pred, "%tw_nobody");
        context.Prologue("setp.eq.u64", [PassContext.Reg(nobody), PassContext.Reg(status), PassContext.Imm(0)], Reason);
        return nobody;
    }
}

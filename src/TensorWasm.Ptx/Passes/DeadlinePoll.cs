using TensorWasm.Ptx.Fencing;
using TensorWasm.Ptx.Ir;
using TensorWasm.Ptx.Isa;
using TensorWasm.Ptx.Semantics;
using TensorWasm.Ptx.Syntax;

namespace TensorWasm.Ptx.Passes;

/// <summary>
/// The look at the deadline itself, and the counter of iterations that all loops of a kernel share: it bounds how
/// many iterations run between two looks, however loops are nested.
/// </summary>
internal sealed class DeadlinePoll(PassContext context)
{
    public const string Reason = "loops end when the deadline has passed";

    private Register? _left;
    private Register? _leftTogether;

    /// <summary>
    /// Iterations left until the next look. Loops where the whole block looks have a counter of their own, which no loop
    /// changes that some threads run more often than others.
    /// </summary>
    public Register Left(bool together) => (together ? ref _leftTogether : ref _left) ??= Begin();

    private Register Begin()
    {
        Register left = context.NewRegister(PtxType.B32, "%tw_left");
        context.Prologue("mov.u32", [PassContext.Reg(left), PassContext.Imm(context.Options.PollInterval)], Reason);
        return left;
    }

    /// <summary>A block that looks at the deadline and then goes on.</summary>
    public Block Create(Block next, SourcePosition position, bool together = false)
    {
        var block = new Block(context.Kernel.NewLabel("$tw_poll")) { Next = next };
        block.Code.AddRange(Look(position, together));
        return block;
    }

    /// <summary>
    /// A look at the deadline in the middle of a block, which is split afterwards. Where warps multiply matrices together,
    /// the whole block stops or goes on: a warpgroup that misses a warp would wait for it, and the assembler keeps
    /// multiplications in flight only across branches that all take alike. That they do is in the barrier's answer; the vote
    /// on it tells the assembler.
    /// </summary>
    public IEnumerable<Instruction> Look(SourcePosition position, bool together = false)
    {
        Instruction Make(string opcode, params Operand[] operands) =>
            InstructionFactory.Create(opcode, operands, null, position, Reason);
        yield return Make("mov.u32", PassContext.Reg(Left(together)), PassContext.Imm(context.Options.PollInterval));
        Register late = context.NewRegister(PtxType.Pred, "%tw_late");
        foreach ((string opcode, Operand[] operands) in Test(late))
        {
            yield return Make(opcode, operands);
        }

        if (together)
        {
            Register any = context.NewRegister(PtxType.Pred, "%tw_late");
            yield return Make("bar.red.or.pred", PassContext.Reg(any), context.Barrier, PassContext.Reg(late));
            late = context.NewRegister(PtxType.Pred, "%tw_late");
            yield return Make("vote.sync.any.pred", PassContext.Reg(late), PassContext.Reg(any), PassContext.Imm(-1));
        }

        Label stop = context.Stops.Site(FenceStatus.DeadlineExceeded, position, null, 0, isWrite: false);
        yield return InstructionFactory.Create(
            "bra", [new LabelOperand(stop)], new Guard(late, false), position, Reason);
    }

    /// <summary>
    /// Looks at the deadline before the kernel begins: no loop need be in a kernel whose blocks are very many. Asking first
    /// whether they are costs more than looking (an H200: 0.25 against 0.18 us of a kernel that does nothing).
    /// </summary>
    public void AtEntry()
    {
        Register late = context.NewRegister(PtxType.Pred, "%tw_late");
        foreach ((string opcode, Operand[] operands) in Test(late))
        {
            context.Prologue(opcode, operands, Reason);
        }

        context.StopAtEntryIf(late, FenceStatus.DeadlineExceeded, context.Kernel.Position, 0, Reason);
    }

    private IEnumerable<(string Opcode, Operand[] Operands)> Test(Register late)
    {
        Register deadline = context.Hidden(HiddenParameter.Deadline);
        if (context.Options.Deadline == DeadlineKind.Flag)
        {
            Register flag = context.NewRegister(PtxType.B32, "%tw_flag");
            yield return ("ld.volatile.global.u32", [PassContext.Reg(flag), new MemoryOperand(deadline, null, 0)]);
            yield return ("setp.ne.u32", [PassContext.Reg(late), PassContext.Reg(flag), PassContext.Imm(0)]);
            yield break;
        }

        Register now = context.NewRegister(PtxType.B64, "%tw_now");
        yield return ("mov.u64", [PassContext.Reg(now), new SpecialOperand(SpecialRegister.Find("%globaltimer")!)]);
        yield return ("setp.ge.u64", [PassContext.Reg(late), PassContext.Reg(now), PassContext.Reg(deadline)]);
    }
}

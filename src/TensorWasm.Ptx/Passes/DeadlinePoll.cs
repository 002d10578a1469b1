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

    /// <summary>Iterations left until the next look.</summary>
    public Register Left
    {
        get
        {
            if (field is null)
            {
                field = context.NewRegister(PtxType.B32, "%tw_left");
                context.Prologue(
                    "mov.u32", [PassContext.Reg(field), PassContext.Imm(context.Options.PollInterval)], Reason);
            }

            return field;
        }
    }

    /// <summary>A block that looks at the deadline and then goes on.</summary>
    public Block Create(Block next, SourcePosition position)
    {
        var block = new Block(context.Kernel.NewLabel("$tw_poll")) { Next = next };
        void Add(string opcode, params Operand[] operands) =>
            block.Code.Add(InstructionFactory.Create(opcode, operands, null, position, Reason));
        Add("mov.u32", PassContext.Reg(Left), PassContext.Imm(context.Options.PollInterval));
        Register late = context.NewRegister(PtxType.Pred, "%tw_late");
        foreach ((string opcode, Operand[] operands) in Test(late))
        {
            Add(opcode, operands);
        }

        Label stop = context.Stops.Site(FenceStatus.DeadlineExceeded, position, null, 0, isWrite: false);
        block.Code.Add(InstructionFactory.Create(
            "bra", [new LabelOperand(stop)], new Guard(late, false), position, Reason));
        return block;
    }

    /// <summary>Looks at the deadline before the kernel begins.</summary>
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

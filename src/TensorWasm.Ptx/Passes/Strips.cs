using System.Numerics;
using TensorWasm.Ptx.Analyses;
using TensorWasm.Ptx.Ir;
using TensorWasm.Ptx.Isa;
using TensorWasm.Ptx.Semantics;
using TensorWasm.Ptx.Syntax;

namespace TensorWasm.Ptx.Passes;

/// <summary>
/// The strips of a counted loop. One ends when the counter reaches <c>counter + k * step</c>, k being no more than the
/// iterations that the author's comparison allows, which is made at a strip's end only. A body that may take long counts
/// for more than one iteration.
/// </summary>
internal sealed class Strips(
    PassContext context,
    DeadlinePoll poll,
    CountedLoop loop,
    Instruction compare,
    bool isNegated,
    int weight,
    bool together,
    SourcePosition position)
{
    private readonly Register _end = context.NewRegister(PtxType.OfBits(loop.Type.Bits), "%tw_strip");
    private readonly Register _from = context.NewRegister(PtxType.OfBits(loop.Type.Bits), "%tw_from");
    private readonly Register _length = context.NewRegister(PtxType.OfBits(loop.Type.Bits), "%tw_length");
    private readonly Register _left = poll.Left(together);
    private readonly Register _more = context.NewRegister(PtxType.Pred, "%tw_more");

    private int Bits => loop.Type.Bits;

    /// <summary>
    /// Measures the first strip before the loop, from the counter at the end of the first iteration: that one is run
    /// whatever the author's comparison says.
    /// </summary>
    public void MeasureFirst(Block block, Register counter)
    {
        block.Code.Add(Make($"mov.b{Bits}", [PassContext.Reg(_from), PassContext.Reg(counter)]));
        Register again = Again(block);
        Register length = Length(block);
        Operand[] lengths = isNegated ? [PassContext.Imm(0), PassContext.Reg(length)] : [PassContext.Reg(length), PassContext.Imm(0)];
        block.Code.Add(Make($"selp.b{Bits}", [PassContext.Reg(_length), .. lengths, PassContext.Reg(again)]));
    }

    /// <summary>Leaves the loop where the author's comparison does, or measures the next strip.</summary>
    public void MeasureNext(Block block, Label leave)
    {
        Register again = Again(block);
        block.Code.Add(InstructionFactory.Create(
            "bra", [new LabelOperand(leave)], new Guard(again, !isNegated), position, "the loop's own end"));
        block.Code.Add(Make($"mov.b{Bits}", [PassContext.Reg(_length), PassContext.Reg(Length(block))]));
    }

    /// <summary>Counts a strip against the iterations until the next look at the deadline, and begins it when some are left.</summary>
    public void Count(Block block, Block begin)
    {
        Register narrow = Bits == 32 ? _length : Emit(block, PtxType.B32, "cvt.u32.u64", PassContext.Reg(_length));
        RegisterOperand left = PassContext.Reg(_left);
        block.Code.Add(weight == 1
            ? Make("sub.s32", [left, left, PassContext.Reg(narrow)])
            : Make("mad.lo.s32", [left, PassContext.Reg(narrow), PassContext.Imm(-weight), left]));
        Register enough = Emit(block, PtxType.Pred, "setp.gt.s32", left, PassContext.Imm(0));
        block.Code.Add(InstructionFactory.Create(
            "bra", [new LabelOperand(begin.Label)], new Guard(enough, false), position, DeadlinePoll.Reason));
    }

    /// <summary>Sets the end of a strip.</summary>
    public void Begin(Block block) => block.Code.Add(Make(
        $"mad.lo.s{Bits}",
        [PassContext.Reg(_end), PassContext.Reg(_length), PassContext.Imm(loop.Step), PassContext.Reg(_from)]));

    /// <summary>
    /// Compares the counter with the strip's end where the author compares it: it may change afterwards. The end is met
    /// exactly, so any comparison would do; with this one the assembler unrolls the loop as it would the author's.
    /// </summary>
    public Instruction Compare()
    {
        string sign = loop.Type.Class == TypeClass.Bits || loop.Type.IsSigned ? "s" : "u";
        return Make(
            $"setp.{(loop.Step > 0 ? "lt" : "gt")}.{sign}{Bits}",
            [PassContext.Reg(_more), PassContext.Reg(loop.Counter), PassContext.Reg(_end)]);
    }

    /// <summary>Keeps what the author compares, from which the next strip is measured.</summary>
    public Instruction Keep() => Make($"mov.b{Bits}", [PassContext.Reg(_from), PassContext.Reg(loop.Counter)]);

    public Instruction Back(Block header) => InstructionFactory.Create(
        "bra", [new LabelOperand(header.Label)], new Guard(_more, false), position, "until the strip's end");

    /// <summary>The author's comparison, where the strip begins.</summary>
    private Register Again(Block block) => Emit(
        block,
        PtxType.Pred,
        compare.Opcode.Text,
        [.. compare.Operands.Skip(1).Select(operand =>
            operand is RegisterOperand { Register: var register } && register == loop.Counter ? PassContext.Reg(_from) : operand)]);

    /// <summary>How many iterations the strip has, of those that are left, if any is.</summary>
    private Register Length(Block block)
    {
        PtxType type = PtxType.OfBits(Bits);
        RegisterOperand from = PassContext.Reg(_from);
        Register count = loop.Step > 0
            ? Emit(block, type, $"sub.s{Bits}", loop.Bound, from)
            : Emit(block, type, $"sub.s{Bits}", from, loop.Bound);
        long size = Math.Abs(loop.Step);
        if (size > 1)
        {
            count = BitOperations.IsPow2(size)
                ? Emit(block, type, $"shr.u{Bits}", PassContext.Reg(count), PassContext.Imm(BitOperations.Log2((ulong)size)))
                : Emit(block, type, $"div.u{Bits}", PassContext.Reg(count), PassContext.Imm(size));
        }

        count = Emit(block, type, $"min.u{Bits}", PassContext.Reg(count), PassContext.Imm(context.Options.PollInterval / weight));
        return Emit(block, type, $"max.u{Bits}", PassContext.Reg(count), PassContext.Imm(1));
    }

    private Register Emit(Block block, PtxType type, string opcode, params Operand[] sources)
    {
        Register register = context.NewRegister(type, "%tw_s");
        block.Code.Add(Make(opcode, [PassContext.Reg(register), .. sources]));
        return register;
    }

    private Instruction Make(string opcode, Operand[] operands) =>
        InstructionFactory.Create(opcode, operands, null, position, DeadlinePoll.Reason);
}

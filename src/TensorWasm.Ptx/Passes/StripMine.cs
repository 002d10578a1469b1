using System.Numerics;
using TensorWasm.Ptx.Analyses;
using TensorWasm.Ptx.Ir;
using TensorWasm.Ptx.Isa;
using TensorWasm.Ptx.Semantics;
using TensorWasm.Ptx.Syntax;

namespace TensorWasm.Ptx.Passes;

/// <summary>
/// Runs a counted loop in strips: the latch compares the counter with the end of the strip. Only there the author's
/// own comparison is made, the iterations are counted against the poll interval, and the next strip's end is set:
/// <c>counter + k * step</c> with k at least one and no more than the iterations the author's comparison allows. A body
/// that may take long counts for more than one iteration.
/// </summary>
internal static class StripMine
{
    public static bool TryApply(PassContext context, DeadlinePoll poll, LoopFacts facts, CountedLoop loop, int weight)
    {
        Block latch = facts.Latch!;
        bool counterChangesAfter = latch.Code.Skip(loop.Compare.Index + 1).Any(i => i.Writes.Contains(loop.Counter));
        var evaluator = new AffineEvaluator(context, facts);
        if (counterChangesAfter || latch.Next is null || loop.Counter.Type.Bits != loop.Type.Bits
            || evaluator.Of(loop.Counter, loop.Compare) is not { } first)
        {
            return false;
        }

        Kernel kernel = context.Kernel;
        SourcePosition position = latch.Terminator!.Position;
        int bits = loop.Type.Bits;
        Register end = context.NewRegister(PtxType.OfBits(bits), "%tw_strip");
        Block header = facts.Header;
        HashSet<Block> inside = [.. facts.Loop.Blocks.Select(block => facts.Graph.Blocks[block])];
        Block preheader = LoopEditor.InsertPreheader(kernel, header, inside, "$tw_strips");
        preheader.Code.AddRange(evaluator.Code);
        // The first comparison ends the first strip, of one iteration.
        preheader.Code.Add(Make($"mov.b{bits}", position, PassContext.Reg(end), first.Start));

        Block strip = Next(context, poll, loop, facts.At(loop.Compare), latch, header, end, weight, position);
        bool multiplies = inside.Any(block => block.Code.Any(i => i.Opcode.Effect == Effect.Wgmma));
        if (multiplies)
        {
            // Nothing is in flight where threads look at the clock (see DeadlinePoll.Look).
            strip.Code.Insert(0, Make("wgmma.wait_group.sync.aligned", position, PassContext.Imm(0)));
        }

        Block look = poll.Create(header, position, together: multiplies);
        strip.Next = look;
        Instruction branch = latch.Code[^1];
        Register more = context.NewRegister(PtxType.Pred, "%tw_more");
        latch.Code[^1] = Make($"setp.ne.s{bits}", position, PassContext.Reg(more), PassContext.Reg(loop.Counter), PassContext.Reg(end));
        latch.Code.Add(branch.WithGuard(new Guard(more, false), "until the strip's end"));
        latch.Next = strip;
        kernel.Code.InsertRange(kernel.Code.IndexOf(latch) + 1, [strip, look]);
        return true;
    }

    private static Block Next(
        PassContext context,
        DeadlinePoll poll,
        CountedLoop loop,
        Instruction compare,
        Block latch,
        Block header,
        Register end,
        int weight,
        SourcePosition position)
    {
        int bits = loop.Type.Bits;
        PtxType type = PtxType.OfBits(bits);
        var block = new Block(context.Kernel.NewLabel("$tw_strip"));
        Register Emit(PtxType result, string opcode, params Operand[] sources)
        {
            Register register = context.NewRegister(result, "%tw_s");
            block.Code.Add(Make(opcode, position, [PassContext.Reg(register), .. sources]));
            return register;
        }

        Guard back = latch.Terminator!.Guard!;
        Register again = Emit(PtxType.Pred, compare.Opcode.Text, [.. compare.Operands.Skip(1)]);
        block.Code.Add(InstructionFactory.Create(
            "bra", [new LabelOperand(latch.Next!.Label)], new Guard(again, !back.IsNegated), position, "the loop's own end"));
        RegisterOperand counter = PassContext.Reg(loop.Counter);
        Register distance = loop.Step > 0
            ? Emit(type, $"sub.s{bits}", loop.Bound, counter)
            : Emit(type, $"sub.s{bits}", counter, loop.Bound);
        long size = Math.Abs(loop.Step);
        Register count = size == 1 ? distance
            : BitOperations.IsPow2(size)
                ? Emit(type, $"shr.u{bits}", PassContext.Reg(distance), PassContext.Imm(BitOperations.Log2((ulong)size)))
                : Emit(type, $"div.u{bits}", PassContext.Reg(distance), PassContext.Imm(size));
        count = Emit(type, $"min.u{bits}", PassContext.Reg(count), PassContext.Imm(context.Options.PollInterval / weight));
        count = Emit(type, $"max.u{bits}", PassContext.Reg(count), PassContext.Imm(1));
        block.Code.Add(Make(
            $"mad.lo.s{bits}", position, PassContext.Reg(end), PassContext.Reg(count), PassContext.Imm(loop.Step), counter));
        Register narrow = bits == 32 ? count : Emit(PtxType.B32, "cvt.u32.u64", PassContext.Reg(count));
        RegisterOperand left = PassContext.Reg(poll.Left);
        block.Code.Add(weight == 1
            ? Make("sub.s32", position, left, left, PassContext.Reg(narrow))
            : Make("mad.lo.s32", position, left, PassContext.Reg(narrow), PassContext.Imm(-weight), left));
        Register enough = Emit(PtxType.Pred, "setp.gt.s32", left, PassContext.Imm(0));
        block.Code.Add(InstructionFactory.Create(
            "bra", [new LabelOperand(header.Label)], new Guard(enough, false), position, DeadlinePoll.Reason));
        return block;
    }

    private static Instruction Make(string opcode, SourcePosition position, params Operand[] operands) =>
        InstructionFactory.Create(opcode, operands, null, position, DeadlinePoll.Reason);
}

using TensorWasm.Ptx.Analyses;
using TensorWasm.Ptx.Ir;
using TensorWasm.Ptx.Isa;
using TensorWasm.Ptx.Semantics;
using TensorWasm.Ptx.Syntax;

namespace TensorWasm.Ptx.Passes;

/// <summary>
/// Runs a counted loop in strips (<see cref="Strips"/>): the latch compares the counter with the end of the strip. Before
/// the loop and at a strip's end the next one is measured, and now and then the deadline is looked at.
/// </summary>
internal static class StripMine
{
    public static bool TryApply(PassContext context, DeadlinePoll poll, LoopFacts facts, CountedLoop loop, int weight)
    {
        Block latch = facts.Latch!;
        var evaluator = new AffineEvaluator(context, facts);
        if (latch.Next is null || loop.Counter.Type.Bits != loop.Type.Bits
            || evaluator.Of(loop.Counter, loop.Compare) is not { } counter)
        {
            return false;
        }

        Register start = evaluator.Emit(PtxType.OfBits(loop.Type.Bits), $"mov.b{loop.Type.Bits}", counter.Start);
        Kernel kernel = context.Kernel;
        SourcePosition position = latch.Terminator!.Position;
        Block header = facts.Header;
        HashSet<Block> inside = [.. facts.Loop.Blocks.Select(block => facts.Graph.Blocks[block])];
        bool multiplies = inside.Any(block => block.Code.Any(i => i.Opcode.Effect == Effect.Wgmma));
        var strips = new Strips(
            context, poll, loop, facts.At(loop.Compare), latch.Terminator.Guard!.IsNegated, weight, multiplies, position);
        bool changesLater = latch.Code.Skip(loop.Compare.Index + 1).Any(i => i.Writes.Contains(loop.Counter));

        // Two loops, one in the other, each with one way in and one back: in that form the assembler unrolls the inner one as it
        // would have unrolled the author's.
        Block first = LoopEditor.InsertPreheader(kernel, header, inside, "$tw_strips");
        first.Code.AddRange(evaluator.Code);
        strips.MeasureFirst(first, start);
        var strip = new Block(kernel.NewLabel("$tw_strip"));
        var begin = new Block(kernel.NewLabel("$tw_strip_begin")) { Next = header };
        strips.Count(strip, begin);
        strips.Begin(begin);
        Block look = poll.Create(begin, position, together: multiplies);
        if (multiplies)
        {
            // Nothing is in flight where threads look at the clock (see DeadlinePoll.Look).
            look.Code.Insert(0, InstructionFactory.Create(
                "wgmma.wait_group.sync.aligned", [PassContext.Imm(0)], null, position, DeadlinePoll.Reason));
        }

        var next = new Block(kernel.NewLabel("$tw_strip_end")) { Next = strip };
        latch.Code[^1] = strips.Back(header);
        latch.Code.Insert(loop.Compare.Index, strips.Compare());
        (changesLater ? latch.Code : next.Code).Insert(changesLater ? loop.Compare.Index : 0, strips.Keep());
        strips.MeasureNext(next, latch.Next.Label);
        first.Next = strip;
        strip.Next = look;
        latch.Next = next;
        kernel.Code.InsertRange(kernel.Code.IndexOf(first) + 1, [strip, look, begin]);
        kernel.Code.Insert(kernel.Code.IndexOf(latch) + 1, next);
        return true;
    }
}

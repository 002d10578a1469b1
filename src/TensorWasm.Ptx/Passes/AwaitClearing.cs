using TensorWasm.Ptx.Analyses;
using TensorWasm.Ptx.Ir;
using TensorWasm.Ptx.Isa;
using TensorWasm.Ptx.Semantics;

namespace TensorWasm.Ptx.Passes;

/// <summary>
/// Lets the threads of a block wait for each other before the first of them touches shared memory, which they clear
/// together as the kernel begins (<see cref="ClearSharedMemory"/>). As late as all of them still come by: what they do before it,
/// mostly loads from global memory, is under way meanwhile. Where the author has them wait there anyway, that is enough.
/// </summary>
internal static class AwaitClearing
{
    public static void Run(PassContext context)
    {
        Kernel kernel = context.Kernel;
        if (!context.Options.ClearShared || !kernel.Variables.Any(variable => variable.Space == StateSpace.Shared))
        {
            return;
        }

        ControlFlowGraph graph = ControlFlowGraph.Of(kernel);
        if (!kernel.Blocks.SelectMany(block => block.Instructions).Any(i => Touches(context, i)))
        {
            return;
        }

        int[] concerned = [.. graph.Order.Where(block => graph.Blocks[block].Code.Any(i => IsBarrier(i) || Touches(context, i)))];
        Block place = graph.Blocks[Place(graph, concerned)];
        int at = place.Code.FindIndex(i => IsBarrier(i) || Touches(context, i));
        at = at >= 0 ? at : place.Terminator is null ? place.Code.Count : place.Code.Count - 1;
        if (at < place.Code.Count && IsBarrier(place.Code[at]) && place.Code[at].Guard is null)
        {
            context.ClearedBefore = place.Code[at];
            return;
        }

        Instruction? first = kernel.Blocks.SelectMany(block => block.Instructions).FirstOrDefault(IsBarrier);
        Operand id = first is null ? PassContext.Imm(0) : first.Operands[first.Opcode.Has("red") ? 1 : 0];
        context.ClearedBefore = InstructionFactory.Create(
            "bar.sync", [id], null, place.Code.Count > at ? place.Code[at].Position : kernel.Position, ClearSharedMemory.Reason);
        place.Code.Insert(at, context.ClearedBefore);
    }

    /// <summary>Whether an instruction may read or write shared memory.</summary>
    private static bool Touches(PassContext context, Instruction instruction)
    {
        PtxOpcode opcode = instruction.Opcode;
        return opcode.Effect is Effect.Wgmma or Effect.Copy or Effect.MatrixLoad or Effect.MatrixStore
            || (opcode.Effect is Effect.Load or Effect.Store or Effect.Atomic or Effect.Reduction
                && (opcode.Space == StateSpace.Shared
                    || (opcode.Space == StateSpace.Generic && context.GenericWindows.Contains(StateSpace.Shared))));
    }

    private static bool IsBarrier(Instruction instruction) => instruction.Opcode.Effect == Effect.Barrier;

    /// <summary>
    /// The last block that is on every way from the beginning to one of some blocks, and on every way from the beginning to
    /// an end, once.
    /// </summary>
    private static int Place(ControlFlowGraph graph, int[] blocks)
    {
        var dominators = Dominators.Of(graph);
        var later = PostDominators.Of(graph);
        HashSet<int> always = [];
        for (int? block = 0; block is { } at && always.Add(at); block = later.Immediate(at))
        {
        }

        HashSet<int> repeated = [.. LoopForest.Of(graph, dominators).Loops.SelectMany(loop => loop.Blocks)];
        bool isReducible = graph.Order.All(from => graph.Successors(from)
            .All(to => !graph.IsRetreating(from, to) || dominators.Dominates(to, from)));
        if (!dominators.IsKnown || !isReducible)
        {
            return 0;
        }

        int place = blocks[0];
        foreach (int block in blocks)
        {
            while (!dominators.Dominates(place, block))
            {
                place = dominators.Immediate(place);
            }
        }

        while (place != 0 && (!always.Contains(place) || repeated.Contains(place)))
        {
            place = dominators.Immediate(place);
        }

        return place;
    }
}

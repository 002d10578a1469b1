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

        if (!kernel.Has(i => Touches(context, i)))
        {
            return;
        }

        ControlFlowGraph graph = ControlFlowGraph.Of(kernel);
        bool Concerns(Instruction instruction) => Barriers.IsBarrier(instruction) || Touches(context, instruction);
        int[] concerned = [.. graph.Order.Where(block => graph.Blocks[block].Code.Exists(Concerns))];
        Block place = graph.Blocks[Place(graph, concerned)];
        int at = place.Code.FindIndex(Concerns);
        at = at >= 0 ? at : place.Terminator is null ? place.Code.Count : place.Code.Count - 1;
        if (at < place.Code.Count && Barriers.IsBarrier(place.Code[at]) && place.Code[at].Guard is null)
        {
            context.ClearedBefore = place.Code[at];
            return;
        }

        context.ClearedBefore = InstructionFactory.Create(
            "bar.sync", [context.Barrier], null, place.Code.Count > at ? place.Code[at].Position : kernel.Position, ClearSharedMemory.Reason);
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

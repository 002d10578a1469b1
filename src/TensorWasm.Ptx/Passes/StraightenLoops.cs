using TensorWasm.Ptx.Analyses;
using TensorWasm.Ptx.Ir;
using TensorWasm.Ptx.Isa;
using TensorWasm.Ptx.Semantics;

namespace TensorWasm.Ptx.Passes;

/// <summary>
/// LLVM ends many loops with <c>@p bra leave; bra.uni header</c>. They become <c>@!p bra header</c>, which goes on to
/// <c>leave</c>: the form in which <see cref="CountedLoop"/> finds their count, and one instruction less.
/// </summary>
internal static class StraightenLoops
{
    public static void Run(Kernel kernel)
    {
        ControlFlowGraph graph = ControlFlowGraph.Of(kernel);
        var index = new Dictionary<Block, int>(graph.Count);
        var byLabel = new Dictionary<Label, int>(graph.Count);
        for (int i = 0; i < graph.Count; i++)
        {
            index.Add(graph.Blocks[i], i);
            byLabel.Add(graph.Blocks[i].Label, i);
        }

        HashSet<Block> dissolved = [];
        foreach (Block block in graph.Blocks)
        {
            if (block.Terminator is { Guard: { } guard, Opcode.Effect: Effect.Branch } leave
                && block.Next is { Code: [{ Guard: null, Opcode.Effect: Effect.Branch } back] } jump
                && graph.Predecessors(index[jump]).Count == 1
                && TargetOf(leave) != jump.Label

                // Blocks that stop a thread are no part of the graph yet.
                && byLabel.TryGetValue(TargetOf(back), out int header)
                && byLabel.TryGetValue(TargetOf(leave), out int exit)
                && graph.IsRetreating(index[jump], header))
            {
                block.Code[^1] = InstructionFactory.Create(
                    "bra",
                    [back.Operands[0]],
                    new Guard(guard.Register, !guard.IsNegated),
                    leave.Position,
                    "the loop's jump back takes the condition");
                block.Next = graph.Blocks[exit];
                dissolved.Add(jump);
            }
        }

        kernel.Code.RemoveAll(dissolved.Contains);
    }

    private static Label TargetOf(Instruction branch) => ((LabelOperand)branch.Operands[0]).Label;
}

using TensorWasm.Ptx.Ir;
using TensorWasm.Ptx.Isa;

namespace TensorWasm.Ptx.Semantics;

/// <summary>Cuts a list of labels and instructions into basic blocks and drops those that nothing reaches.</summary>
internal static class BlockBuilder
{
    public static void Build(Kernel kernel, List<CodeItem> items)
    {
        HashSet<Label> targets = [];
        foreach (CodeItem item in items)
        {
            switch (item.Instruction?.Opcode.Effect)
            {
                case Effect.Branch:
                    targets.Add(((LabelOperand)item.Instruction.Operands[0]).Label);
                    break;
                case Effect.BranchTable:
                    targets.UnionWith(((TableOperand)item.Instruction.Operands[1]).Labels);
                    break;
            }
        }

        List<Block> blocks = Cut(kernel, items, targets);
        Keep(kernel, blocks);
    }

    private static List<Block> Cut(Kernel kernel, List<CodeItem> items, HashSet<Label> targets)
    {
        var block = new Block(kernel.NewLabel("$tw_entry"));
        List<Block> blocks = [block];
        bool ended = false;
        foreach (CodeItem item in items)
        {
            // Labels that nothing jumps to, such as those for debuggers, do not begin a block.
            if (item.Label is { } label && targets.Contains(label))
            {
                blocks.Add(block = new Block(label));
                ended = false;
            }

            if (item.Instruction is not { } instruction)
            {
                continue;
            }

            if (ended)
            {
                blocks.Add(block = new Block(kernel.NewLabel("$tw_block")));
            }

            block.Code.Add(instruction);
            ended = instruction.Opcode.IsTerminator;
        }

        // A body that runs off its end returns.
        if (blocks[^1].FallsThrough)
        {
            if (ended)
            {
                blocks.Add(new Block(kernel.NewLabel("$tw_block")));
            }

            blocks[^1].Code.Add(InstructionFactory.Create("ret", [], null, kernel.Position, "the body ran off its end"));
        }

        return blocks;
    }

    private static void Keep(Kernel kernel, List<Block> blocks)
    {
        var byLabel = blocks.ToDictionary(block => block.Label);
        for (int i = 0; i + 1 < blocks.Count; i++)
        {
            blocks[i].Next = blocks[i].FallsThrough ? blocks[i + 1] : null;
        }

        HashSet<Block> reached = [blocks[0]];
        Stack<Block> work = new(reached);
        while (work.TryPop(out Block? block))
        {
            foreach (Block next in block.Targets.Select(label => byLabel[label]).Concat(block.Next is { } n ? [n] : []))
            {
                if (reached.Add(next))
                {
                    work.Push(next);
                }
            }
        }

        kernel.Code.AddRange(blocks.Where(reached.Contains));
    }
}

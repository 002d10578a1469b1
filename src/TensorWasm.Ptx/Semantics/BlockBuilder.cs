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
        Reserve(block, items, 0, targets);
        for (int i = 0; i < items.Count; i++)
        {
            CodeItem item = items[i];

            // Labels that nothing jumps to, such as those for debuggers, do not begin a block.
            if (item.Label is { } label && targets.Contains(label))
            {
                blocks.Add(block = new Block(label));
                Reserve(block, items, i + 1, targets);
                ended = false;
            }

            if (item.Instruction is not { } instruction)
            {
                continue;
            }

            if (ended)
            {
                blocks.Add(block = new Block(kernel.NewLabel("$tw_block")));
                Reserve(block, items, i, targets);
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

    /// <summary>Makes room for the instructions that follow up to the end of the block.</summary>
    private static void Reserve(Block block, List<CodeItem> items, int first, HashSet<Label> targets)
    {
        int count = 0;
        for (int i = first; i < items.Count; i++)
        {
            if (items[i].Instruction is { } instruction)
            {
                count++;
                if (instruction.Opcode.IsTerminator)
                {
                    break;
                }
            }
            else if (targets.Contains(items[i].Label!))
            {
                break;
            }
        }

        block.Code.EnsureCapacity(count);
    }

    private static void Keep(Kernel kernel, List<Block> blocks)
    {
        for (int i = 0; i + 1 < blocks.Count; i++)
        {
            blocks[i].Next = blocks[i].FallsThrough ? blocks[i + 1] : null;
        }

        HashSet<Block> reached = [blocks[0]];
        Stack<Block> work = new(reached);
        while (work.TryPop(out Block? block))
        {
            foreach (Label label in block.Targets)
            {
                if (reached.Add(label.Block!))
                {
                    work.Push(label.Block!);
                }
            }

            if (block.Next is { } next && reached.Add(next))
            {
                work.Push(next);
            }
        }

        kernel.Code.AddRange(blocks.Where(reached.Contains));
    }
}

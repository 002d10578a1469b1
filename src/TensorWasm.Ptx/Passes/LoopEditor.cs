using TensorWasm.Ptx.Ir;

namespace TensorWasm.Ptx.Passes;

/// <summary>Edits of a kernel's graph around a loop.</summary>
internal static class LoopEditor
{
    /// <summary>Puts a block before a header: every edge from outside the loop goes through it.</summary>
    public static Block InsertPreheader(Kernel kernel, Block header, IReadOnlySet<Block> inside, string name)
    {
        var preheader = new Block(kernel.NewLabel(name)) { Next = header };
        foreach (Block block in kernel.Code)
        {
            if (!inside.Contains(block))
            {
                Retarget(block, header, preheader);
            }
        }

        kernel.Code.Insert(kernel.Code.IndexOf(header), preheader);
        return preheader;
    }

    /// <summary>Sends all edges of a block that lead to one place to another.</summary>
    public static void Retarget(Block block, Block from, Block to)
    {
        if (block.Next == from)
        {
            block.Next = to;
        }

        if (block.Terminator is { } terminator && block.Targets.Contains(from.Label))
        {
            block.Code[^1] = Map(terminator, label => label == from.Label ? to.Label : label);
        }
    }

    /// <summary>Copies the blocks of a loop; edges among them lead to the copies.</summary>
    public static Dictionary<Block, Block> Clone(Kernel kernel, IReadOnlyList<Block> blocks)
    {
        var copies = blocks.ToDictionary(block => block, block => new Block(kernel.NewLabel(block.Label.Name + "_fast")));
        var labels = copies.ToDictionary(pair => pair.Key.Label, pair => pair.Value.Label);
        foreach ((Block original, Block copy) in copies)
        {
            copy.Next = original.Next is { } next ? copies.GetValueOrDefault(next, next) : null;
            copy.Code.AddRange(original.Code.Select(i => i.Opcode.IsTerminator
                ? Map(i, label => labels.GetValueOrDefault(label, label))
                : i));
        }

        return copies;
    }

    private static Instruction Map(Instruction branch, Func<Label, Label> map) => branch.With([.. branch.Operands.Select(
        operand => operand switch
        {
            LabelOperand label => new LabelOperand(map(label.Label)),
            TableOperand table => new TableOperand([.. table.Labels.Select(map)]),
            _ => operand,
        })]);
}

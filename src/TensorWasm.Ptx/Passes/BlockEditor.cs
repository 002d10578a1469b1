using TensorWasm.Ptx.Ir;

namespace TensorWasm.Ptx.Passes;

/// <summary>Restores the form of blocks after a pass put branches into their middle.</summary>
internal static class BlockEditor
{
    public static void Split(Kernel kernel)
    {
        List<Block> result = new(kernel.Code.Count);
        foreach (Block block in kernel.Code)
        {
            if (!HasBranchInside(block))
            {
                // A block that was given a terminator falls through only where that one is guarded.
                block.Next = block.FallsThrough ? block.Next : null;
                result.Add(block);
                continue;
            }

            Instruction[] code = [.. block.Code];
            Block? following = block.Next;
            Block current = block;
            result.Add(block);
            block.Code.Clear();
            for (int i = 0; i < code.Length; i++)
            {
                current.Code.Add(code[i]);
                if (code[i].Opcode.IsTerminator && i + 1 < code.Length)
                {
                    var rest = new Block(kernel.NewLabel("$tw_block"));
                    current.Next = current.FallsThrough ? rest : null;
                    result.Add(current = rest);
                }
            }

            current.Next = current.FallsThrough ? following : null;
        }

        kernel.Code.Clear();
        kernel.Code.AddRange(result);
    }

    private static bool HasBranchInside(Block block)
    {
        for (int i = 0; i + 1 < block.Code.Count; i++)
        {
            if (block.Code[i].Opcode.IsTerminator)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Puts blocks behind others, all at once: one at a time would be quadratic.</summary>
    public static void InsertAfter(Kernel kernel, IReadOnlyDictionary<Block, List<Block>> insertions)
    {
        List<Block> result = new(kernel.Code.Count + insertions.Count);
        foreach (Block block in kernel.Code)
        {
            result.Add(block);
            if (insertions.TryGetValue(block, out List<Block>? following))
            {
                result.AddRange(following);
            }
        }

        kernel.Code.Clear();
        kernel.Code.AddRange(result);
    }
}

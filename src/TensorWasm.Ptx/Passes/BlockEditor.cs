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
            result.Add(block);
            int end = block.Code.FindIndex(instruction => instruction.Opcode.IsTerminator);
            Block current = block;
            while (end >= 0 && end + 1 < current.Code.Count)
            {
                var rest = new Block(kernel.NewLabel("$tw_block")) { Next = current.Next };
                rest.Code.AddRange(current.Code.Skip(end + 1));
                current.Code.RemoveRange(end + 1, current.Code.Count - end - 1);
                current.Next = current.FallsThrough ? rest : null;
                result.Add(rest);
                current = rest;
                end = current.Code.FindIndex(instruction => instruction.Opcode.IsTerminator);
            }

            // A block that was given a terminator falls through only where that one is guarded.
            current.Next = current.FallsThrough ? current.Next : null;
        }

        kernel.Code.Clear();
        kernel.Code.AddRange(result);
    }
}

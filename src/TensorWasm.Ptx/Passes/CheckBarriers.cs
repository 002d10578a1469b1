using TensorWasm.Ptx.Ir;
using TensorWasm.Ptx.Isa;

namespace TensorWasm.Ptx.Passes;

/// <summary>
/// Refuses barriers that no deadline can end. A barrier that waits for the whole block is released when the threads
/// that do not come exit (PTX ISA 9.7.13.1); one that waits for a number of them, or for another barrier, is not.
/// </summary>
internal static class CheckBarriers
{
    public static void Run(Kernel kernel)
    {
        ulong? only = null;
        foreach (Block block in kernel.Code)
        {
            foreach (Instruction instruction in block.Code)
            {
                if (Barriers.IsBarrier(instruction))
                {
                    only = Check(kernel, instruction, only);
                }
                else if (instruction.Opcode.Effect is Effect.Wgmma or Effect.WgmmaSync)
                {
                    CheckWarpGroup(kernel, instruction);
                }
            }
        }
    }

    private static ulong Check(Kernel kernel, Instruction instruction, ulong? only)
    {
        if (instruction.Opcode.Has("arrive"))
        {
            throw new NotFenceableException(
                instruction, "an arrival without waiting can leave others waiting for ever");
        }

        int at = Barriers.IndexOfNumber(instruction);
        if (instruction.Operands[at] is not ImmediateOperand id || id.Bits > 15)
        {
            throw new NotFenceableException(instruction, "the barrier must be a constant from 0 to 15");
        }

        if (only is { } other && other != id.Bits)
        {
            throw new NotFenceableException(
                instruction, "threads at two different barriers can wait for each other for ever");
        }

        bool hasCount = instruction.Operands.Count > (Barriers.IsReduction(instruction) ? 3 : 1);
        if (hasCount && (instruction.Operands[at + 1] is not ImmediateOperand count
            || kernel.Bounds.RequiredThreads is null || count.Bits != (ulong)kernel.Bounds.MaximumBlockThreads))
        {
            throw new NotFenceableException(
                instruction, "a barrier for a part of the block is not released when the others end");
        }

        return id.Bits;
    }

    private static void CheckWarpGroup(Kernel kernel, Instruction instruction)
    {
        // PTX ISA 9.7.15.1: all warps of a warpgroup, four warps, execute the instruction.
        if (kernel.Bounds.RequiredThreads is null || kernel.Bounds.MaximumBlockThreads % 128 != 0)
        {
            throw new NotFenceableException(
                instruction, "wgmma needs .reqntid with a multiple of 128 threads, or a warpgroup would be incomplete");
        }
    }
}

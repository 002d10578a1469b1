using TensorWasm.Ptx.Analyses;
using TensorWasm.Ptx.Ir;
using TensorWasm.Ptx.Isa;

namespace TensorWasm.Ptx.Passes;

/// <summary>
/// Refuses warp-wide instructions whose member mask is not the whole warp. Lanes that name different members, or not
/// themselves, are undefined (PTX ISA 9.7.13.3); an H200 answers with an illegal instruction, which ends the context of
/// every tenant. With all lanes named by all there is nothing to disagree about, and lanes that have exited don't count.
/// </summary>
internal static class CheckMasks
{
    private const ulong WholeWarp = uint.MaxValue;

    public static void Run(Kernel kernel)
    {
        RegisterBits? bits = null;
        foreach (Block block in kernel.Code)
        {
            foreach (Instruction instruction in block.Code)
            {
                if (instruction.Opcode.Effect == Effect.Warp && instruction.Opcode.Has("sync")
                    && !instruction.Opcode.Has("aligned") && !IsWhole(instruction.Operands[^1], kernel, ref bits))
                {
                    throw new NotFenceableException(
                        instruction, "the member mask must be the constant 0xffffffff: lanes with different masks fault");
                }
            }
        }
    }

    private static bool IsWhole(Operand mask, Kernel kernel, ref RegisterBits? bits)
    {
        if (mask is not RegisterOperand { IsNegated: false, Register: var register })
        {
            return mask is ImmediateOperand { IsInteger: true } constant && (constant.Bits & WholeWarp) == WholeWarp;
        }

        bits ??= RegisterBits.Of(kernel);
        KnownBits known = bits.Of(register);
        return (known.Mask & known.Value & WholeWarp) == WholeWarp;
    }
}

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
        RegisterBits bits = RegisterBits.Of(kernel);
        foreach (Instruction instruction in kernel.Blocks.SelectMany(block => block.Instructions))
        {
            if (instruction.Opcode.Effect == Effect.Warp && instruction.Opcode.Has("sync")
                && !IsWhole(instruction.Operands[^1], bits) && !instruction.Opcode.Has("aligned"))
            {
                throw new NotFenceableException(
                    instruction, "the member mask must be the constant 0xffffffff: lanes with different masks fault");
            }
        }
    }

    private static bool IsWhole(Operand mask, RegisterBits bits) => mask switch
    {
        ImmediateOperand { IsInteger: true } constant => (constant.Bits & WholeWarp) == WholeWarp,
        RegisterOperand { IsNegated: false, Register: var register } =>
            bits.Of(register) is var known && (known.Mask & known.Value & WholeWarp) == WholeWarp,
        _ => false,
    };
}

using TensorWasm.Ptx.Fencing;
using TensorWasm.Ptx.Ir;
using TensorWasm.Ptx.Semantics;

namespace TensorWasm.Ptx.Passes;

/// <summary>
/// Moves the module's global variables into the tenant's region: the driver would place them outside it, and tenants
/// that share a compiled module would share them.
/// </summary>
internal static class RelocateGlobals
{
    private const string Reason = "global variables live in the tenant's region";

    public static void Run(PassContext context, Variable globals)
    {
        Kernel kernel = context.Kernel;
        if (!kernel.VariableList.Remove(globals))
        {
            return;
        }

        Register start = context.Hidden(HiddenParameter.Globals);
        foreach (Block block in kernel.Code)
        {
            for (int i = 0; i < block.Code.Count; i++)
            {
                block.Code[i] = Rewrite(block.Code[i], globals, start);
            }
        }
    }

    private static Instruction Rewrite(Instruction instruction, Variable globals, Register start)
    {
        if (instruction.Operands.Count > 1 && instruction.Operands[1] is AddressOfOperand address
            && address.Variable == globals)
        {
            // mov and cvta.global both yield the address itself: generic and global addresses agree (PTX ISA 6.4.1.1).
            return InstructionFactory.Create(
                "add.s64",
                [instruction.Operands[0], PassContext.Reg(start), PassContext.Imm(address.Offset)],
                instruction.Guard,
                instruction.Position,
                Reason);
        }

        Operand[] operands = [.. instruction.Operands.Select(operand =>
            operand is MemoryOperand memory && memory.Variable == globals
                ? new MemoryOperand(start, null, memory.Offset)
                : operand)];
        return instruction.With(operands);
    }
}

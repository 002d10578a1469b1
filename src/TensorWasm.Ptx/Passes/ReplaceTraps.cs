using TensorWasm.Ptx.Fencing;
using TensorWasm.Ptx.Ir;
using TensorWasm.Ptx.Isa;
using TensorWasm.Ptx.Semantics;

namespace TensorWasm.Ptx.Passes;

/// <summary>Turns <c>trap</c>, which would end the context of every tenant, into a reported stop of the thread.</summary>
internal static class ReplaceTraps
{
    public static void Run(PassContext context)
    {
        foreach (Block block in context.Kernel.Code)
        {
            if (block.Terminator is not { Opcode.Effect: Effect.Trap } trap)
            {
                continue;
            }

            Label stop = context.Stops.Site(FenceStatus.Trapped, trap.Position, null, 0, isWrite: false);
            block.Code[^1] = InstructionFactory.Create(
                "bra", [new LabelOperand(stop)], trap.Guard, trap.Position, "trap would end the context");
            context.Note(trap.Position, "trap", FenceAction.Rewritten, "a trap would end the context of every tenant");
        }
    }
}

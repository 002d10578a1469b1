using TensorWasm.Ptx.Ir;
using TensorWasm.Ptx.Isa;
using TensorWasm.Ptx.Semantics;

namespace TensorWasm.Ptx.Passes;

/// <summary>
/// Generic addresses (PTX ISA 6.4.1.1). Where the kernel never makes one from another space, each is a global one.
/// Otherwise each window the kernel does make them from is asked for at run time, and the address is bounded in it.
/// </summary>
internal sealed partial class InsertFences
{
    private (Register Original, Register Safe) FenceGeneric(
        Instruction instruction, MemoryOperand memory, int bytes, bool isWrite)
    {
        (Register original, Register safe) = FenceGlobal(instruction, memory, bytes, isWrite);
        foreach (StateSpace space in _context.GenericWindows)
        {
            bool readOnly = space is StateSpace.Const or StateSpace.Param;
            if (readOnly && isWrite)
            {
                continue;
            }

            safe = InWindow(instruction, original, safe, space, bytes);
        }

        return (original, safe);
    }

    private Register InWindow(Instruction instruction, Register original, Register otherwise, StateSpace space, int bytes)
    {
        string name = space.Name();
        if (space == StateSpace.Param)
        {
            throw new NotFenceableException(instruction, "generic addresses of kernel parameters cannot be told from global ones");
        }

        string reason = $"the address may lie in .{name}";
        Register isInside = _context.NewRegister(PtxType.Pred, "%tw_in");
        _out.Add(InstructionFactory.Create(
            $"isspacep.{name}", [PassContext.Reg(isInside), PassContext.Reg(original)], null, instruction.Position, reason));
        Register offset = Emit($"cvta.to.{name}.u64", [PassContext.Reg(original)], instruction, reason);
        Register narrow = Emit32("cvt.u32.u64", [PassContext.Reg(offset)], instruction, reason);
        Register clamped = Clamp(instruction, narrow, space, bytes);
        Register wide = Emit(PtxType.B64, "cvt.u64.u32", [PassContext.Reg(clamped)], instruction, reason);
        Register generic = Emit($"cvta.{name}.u64", [PassContext.Reg(wide)], instruction, reason);
        return Emit(
            "selp.b64",
            [PassContext.Reg(generic), PassContext.Reg(otherwise), PassContext.Reg(isInside)],
            instruction,
            reason);
    }
}

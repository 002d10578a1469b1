using System.Globalization;
using TensorWasm.Ptx.Analyses;
using TensorWasm.Ptx.Fencing;
using TensorWasm.Ptx.Ir;
using TensorWasm.Ptx.Isa;
using TensorWasm.Ptx.Semantics;

namespace TensorWasm.Ptx.Passes;

/// <summary>
/// The shared-memory descriptors of <c>wgmma</c> (PTX ISA 9.7.15.5.1). Their layout fields must be constants, so that
/// the matrix's extent is known; the start address is clamped so that the whole matrix lies in shared memory.
/// </summary>
internal sealed partial class InsertFences
{
    private const ulong LayoutBits = ~0xFFFFUL;

    private void FenceMatrices(Instruction instruction)
    {
        Instruction result = instruction;
        for (int i = 1; i <= 2; i++)
        {
            if (instruction.Opcode.Operands[i].Kind == OperandKind.Descriptor)
            {
                Register descriptor = ((RegisterOperand)instruction.Operands[i]).Register;
                Register safe = FenceDescriptor(instruction, descriptor, isA: i == 1);
                result = result.WithOperand(i, PassContext.Reg(safe), "its descriptor is fenced");
            }
        }

        _out.Add(result);
    }

    private Register FenceDescriptor(Instruction instruction, Register descriptor, bool isA)
    {
        KnownBits known = _bits.Of(descriptor);
        if ((known.Mask & LayoutBits) != LayoutBits)
        {
            throw new NotFenceableException(
                instruction, $"the layout fields of the descriptor {descriptor} are not constants, so its extent is unknown");
        }

        MatrixExtent extent = MatrixExtent.Of(instruction, known.Value, isA)
            ?? throw new NotFenceableException(instruction, $"the layout of the descriptor {descriptor} is not supported");
        WindowBounds window = Window(StateSpace.Shared);
        if (!window.Exists)
        {
            throw new NotFenceableException(instruction, "the kernel declares no shared memory that a matrix could lie in");
        }

        string reason = string.Create(
            CultureInfo.InvariantCulture, $"the matrix takes {extent.Bytes} bytes of shared memory from its start");
        _context.StopAtEntryIf(
            window.TooSmall(extent.Bytes), FenceStatus.OutOfBounds, instruction.Position, extent.Bytes, reason);
        Register start = _context.NewRegister(PtxType.B32, "%tw_w");
        _out.Add(InstructionFactory.Create(
            "mov.b64",
            [new VectorOperand([PassContext.Reg(start), new SinkOperand()]), PassContext.Reg(descriptor)],
            null,
            instruction.Position,
            reason));
        Register original = Emit("and.b32", [PassContext.Reg(start), PassContext.Imm(0x3FFF)], instruction, reason);
        Register clamped = Emit32(
            "max.u32", [PassContext.Reg(original), PassContext.Reg(FirstUnit(window))], instruction, reason);
        clamped = Emit32("min.u32", [PassContext.Reg(clamped), PassContext.Reg(LastUnit(window, extent))], instruction, reason);
        if (Checks)
        {
            StopIfDifferent(instruction, original, clamped, extent.Bytes, isWrite: false, instruction.Guard);
        }

        // The layout is written as the constants that the extent was computed from, whatever the register holds.
        long layout = (long)(known.Value & 0xFFFF_0000);
        Register upper = Emit32("mov.b32", [PassContext.Imm((long)(known.Value >> 32))], instruction, reason);
        Register low = Emit32("or.b32", [PassContext.Reg(clamped), PassContext.Imm(layout)], instruction, reason);
        Register safe = _context.NewRegister(PtxType.B64, "%tw_a");
        _out.Add(InstructionFactory.Create(
            "mov.b64",
            [PassContext.Reg(safe), new VectorOperand([PassContext.Reg(low), PassContext.Reg(upper)])],
            null,
            instruction.Position,
            reason));
        _context.Note(instruction.Position, instruction.Opcode.Text, FenceAction.Fenced, reason);
        return safe;
    }

    private readonly Dictionary<MatrixExtent, Register> _lastUnits = [];
    private Register? _firstUnit;

    /// <summary>Descriptors count in units of 16 bytes.</summary>
    private Register FirstUnit(WindowBounds window) => _firstUnit ??= window.Make(
        "unit", "shr.u32", [PassContext.Reg(window.First), PassContext.Imm(4)], "the first 16-byte unit");

    private Register LastUnit(WindowBounds window, MatrixExtent extent)
    {
        if (_lastUnits.TryGetValue(extent, out Register? last))
        {
            return last;
        }

        string reason = string.Create(
            CultureInfo.InvariantCulture, $"the last 16-byte unit at which {extent.Bytes} bytes still fit");
        last = window.Make("unit", "add.s32", [PassContext.Reg(window.End), PassContext.Imm(-extent.Bytes)], reason);
        if (extent.Line > 16)
        {
            // A start inside a swizzle line stands for the line, as far as what is read from there ends with it.
            last = window.Make("unit", "and.b32", [PassContext.Reg(last), PassContext.Imm(-extent.Line)], reason);
            last = window.Make("unit", "add.s32", [PassContext.Reg(last), PassContext.Imm(extent.Slack)], reason);
        }

        last = window.Make("unit", "shr.u32", [PassContext.Reg(last), PassContext.Imm(4)], reason);
        _lastUnits.Add(extent, last);
        return last;
    }
}

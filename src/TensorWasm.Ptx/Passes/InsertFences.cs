using System.Globalization;
using TensorWasm.Ptx.Analyses;
using TensorWasm.Ptx.Fencing;
using TensorWasm.Ptx.Ir;
using TensorWasm.Ptx.Isa;
using TensorWasm.Ptx.Semantics;

namespace TensorWasm.Ptx.Passes;

/// <summary>
/// Puts a fence before every access whose address a register holds. The fence computes an address that is inside
/// whatever the register holds, and the access uses that one; in check mode a difference stops the thread first.
/// </summary>
internal sealed partial class InsertFences
{
    private readonly PassContext _context;
    private readonly RegisterBits _bits;
    private readonly ValueRanges _ranges;
    private readonly IReadOnlySet<Instruction> _proven;
    private readonly List<Instruction> _out = [];

    private InsertFences(PassContext context, IReadOnlySet<Instruction> proven)
    {
        _context = context;
        _proven = proven;
        _ranges = context.Ranges;
        _bits = _ranges.Bits;
    }

    private bool Checks => _context.Options.Mode == FenceMode.Check;

    /// <summary>Fences all accesses but those that another pass has proven.</summary>
    public static void Run(PassContext context, IReadOnlySet<Instruction> proven)
    {
        var pass = new InsertFences(context, proven);
        foreach (Block block in context.Kernel.Code)
        {
            pass._out.Clear();
            foreach (Instruction instruction in block.Code)
            {
                pass.Process(instruction);
            }

            block.Code.Clear();
            block.Code.AddRange(pass._out);
        }

        BlockEditor.Split(context.Kernel);
    }

    private void Process(Instruction instruction)
    {
        if (_proven.Contains(instruction))
        {
            _out.Add(instruction);
            _context.Note(
                instruction.Position, instruction, FenceAction.Proven, instruction.Reason ?? "proven in bounds");
            return;
        }

        switch (instruction.Opcode.Effect)
        {
            case Effect.Load or Effect.Store or Effect.Atomic or Effect.Reduction or Effect.Prefetch
                or Effect.MatrixLoad or Effect.MatrixStore:
                FenceAccess(instruction);
                break;
            case Effect.Copy when instruction.Operands.Count > 2:
                FenceCopy(instruction);
                break;
            case Effect.Wgmma:
                FenceMatrices(instruction);
                break;
            case Effect.BranchTable:
                FenceTable(instruction);
                break;
            default:
                _out.Add(instruction);
                break;
        }
    }

    private void FenceAccess(Instruction instruction)
    {
        int index = 0;
        while (instruction.Operands[index] is not MemoryOperand)
        {
            index++;
        }

        Effect effect = instruction.Opcode.Effect;
        bool isWrite = effect is Effect.Store or Effect.Atomic or Effect.Reduction or Effect.MatrixStore;
        // Rows of ldmatrix come from some lanes only; the addresses of the others are never used (PTX ISA 9.7.14.5.15).
        bool reports = effect != Effect.Prefetch && !(effect is Effect.MatrixLoad or Effect.MatrixStore
            && !instruction.Opcode.Has("x4"));
        Guard? guard = instruction.Guard;
        var memory = (MemoryOperand)instruction.Operands[index];
        MemoryOperand fenced = Fence(
            instruction, memory, instruction.Opcode.Operands[index].Space, instruction.Opcode.AccessBytes, isWrite,
            reports, guard);
        _out.Add(fenced == memory ? instruction : instruction.WithOperand(index, fenced, "its address is fenced"));
    }

    private void FenceCopy(Instruction instruction)
    {
        int bytes = AccessRules.AccessBytes(instruction.Opcode, instruction.Operands);
        Guard? guard = instruction.Guard;
        Operand? size = instruction.Operands.Count > 3 ? instruction.Operands[3] : null;
        Instruction result = instruction;
        bool isBounded = size is RegisterOperand { Register: var known } && _ranges.Of(known) is { IsNatural: true } range
            && range.High <= bytes;
        if (!isBounded && size is RegisterOperand { Register.Type.Bits: 32 } register)
        {
            // A source size above the copy's is undefined (PTX ISA 9.7.9.25.3.1).
            Register bounded = Emit("min.u32", [register, PassContext.Imm(bytes)], instruction, "the source size is bounded");
            result = result.WithOperand(3, PassContext.Reg(bounded), "its source size is bounded");
        }

        // With a source size of zero, or an ignored source, nothing is read: such an address need not be valid.
        bool reportsSource = size is null or ImmediateOperand;
        MemoryOperand target = Fence(
            instruction, (MemoryOperand)instruction.Operands[0], StateSpace.Shared, bytes, isWrite: true, true, guard);
        MemoryOperand source = Fence(
            instruction, (MemoryOperand)instruction.Operands[1], StateSpace.Global, bytes, isWrite: false,
            reportsSource, guard);
        _out.Add(result.WithOperand(0, target).WithOperand(1, source, "its addresses are fenced"));
    }

    private void FenceTable(Instruction instruction)
    {
        int count = ((TableOperand)instruction.Operands[1]).Labels.Count;
        const string Reason = "an index beyond the table jumps anywhere";
        Register index = Emit("min.u32", [instruction.Operands[0], PassContext.Imm(count - 1)], instruction, Reason);
        _out.Add(instruction.WithOperand(0, PassContext.Reg(index), Reason));
        _context.Note(instruction.Position, instruction.Opcode.Text, FenceAction.Fenced, Reason);
    }

    private MemoryOperand Fence(
        Instruction instruction,
        MemoryOperand memory,
        StateSpace space,
        int bytes,
        bool isWrite,
        bool reports,
        Guard? guard)
    {
        if (memory.Variable is { IsDynamic: false } variable)
        {
            _context.Note(
                instruction.Position,
                instruction,
                FenceAction.Proven,
                new InsideVariable(memory.Offset, variable));
            return memory;
        }

        if (_ranges.Proves(memory, space, bytes))
        {
            _context.Note(
                instruction.Position, instruction, FenceAction.Proven,
                $"its index is too small to leave the kernel's .{space.Name()} memory");
            return memory;
        }

        (Register original, Register safe) = space switch
        {
            StateSpace.Global => FenceGlobal(instruction, memory, bytes, isWrite),
            StateSpace.Generic => FenceGeneric(instruction, memory, bytes, isWrite),
            _ => FenceWindow(instruction, memory, space, bytes),
        };
        if (Checks && reports)
        {
            StopIfDifferent(instruction, original, safe, bytes, isWrite, guard);
        }

        string where = space is StateSpace.Global or StateSpace.Generic
            ? isWrite ? "masked into the region's writable half" : "masked into the region"
            : $"clamped to the kernel's .{space.Name()} memory";
        _context.Note(instruction.Position, instruction, FenceAction.Fenced, where);
        return new MemoryOperand(safe, null, 0);
    }

    /// <summary>Why an access needs no fence, as a text when it is asked for.</summary>
    private sealed class InsideVariable(long offset, Variable variable)
    {
        public override string ToString() => string.Create(
            CultureInfo.InvariantCulture, $"offset {offset} lies inside {variable} of {variable.Size} bytes");
    }

    private (Register Original, Register Safe) FenceGlobal(
        Instruction instruction, MemoryOperand memory, int bytes, bool isWrite)
    {
        Register original = memory.Offset == 0
            ? memory.Base!
            : Emit(
                "add.s64", [PassContext.Reg(memory.Base!), PassContext.Imm(memory.Offset)], instruction,
                "the offset counts before masking");
        return (original, MaskIntoRegion(instruction, original, bytes, isWrite));
    }

    private Register MaskIntoRegion(Instruction instruction, Register address, int bytes, bool isWrite)
    {
        FenceOptions options = _context.Options;
        string reason = isWrite
            ? "keep the address bits of the writable half, cleared for alignment"
            : "keep the address bits of the region, cleared for alignment";
        Register masked;
        if (options.RegionBits is { } bits)
        {
            long mask = ((1L << (isWrite ? bits - 1 : bits)) - 1) & -bytes;
            masked = Emit("and.b64", [PassContext.Reg(address), PassContext.Imm(mask)], instruction, reason);
        }
        else
        {
            masked = Emit("and.b64", [PassContext.Reg(address), PassContext.Reg(Mask(isWrite))], instruction, reason);
            if (bytes > 1)
            {
                masked = Emit("and.b64", [PassContext.Reg(masked), PassContext.Imm(-bytes)], instruction, reason);
            }
        }

        Operand start = options.RegionBase is { } constant
            ? new ImmediateOperand(unchecked((long)constant))
            : PassContext.Reg(_context.Hidden(HiddenParameter.RegionBase));
        return Emit("or.b64", [PassContext.Reg(masked), start], instruction, "place them in the tenant's region");
    }

    private Register? _writeMask;

    private Register Mask(bool isWrite)
    {
        Register mask = _context.Hidden(HiddenParameter.RegionMask);
        if (!isWrite)
        {
            return mask;
        }

        if (_writeMask is null)
        {
            _writeMask = _context.NewRegister(PtxType.B64, "%tw_writemask");
            _context.Prologue(
                "shr.u64",
                [PassContext.Reg(_writeMask), PassContext.Reg(mask), PassContext.Imm(1)],
                "the writable half is the lower one");
        }

        return _writeMask;
    }

    private WindowBounds Window(StateSpace space) => _context.Window(space);

    private (Register Original, Register Safe) FenceWindow(
        Instruction instruction, MemoryOperand memory, StateSpace space, int bytes)
    {
        Register address = memory.Variable is { } variable
            ? Emit32("mov.u32", [new AddressOfOperand(variable, 0)], instruction, "the dynamic array's address")
            : memory.Base!;
        bool hasBegin = memory.Variable is null && _ranges.ProvesBegin(address, memory.Offset, space, bytes);
        if (address.Type.Bits == 64)
        {
            address = Emit32(
                "cvt.u32.u64", [PassContext.Reg(address)], instruction, $".{space.Name()} addresses have 32 bits");
        }

        if (memory.Offset != 0)
        {
            address = Emit32(
                "add.s32", [PassContext.Reg(address), PassContext.Imm(memory.Offset)], instruction,
                "the offset counts before clamping");
        }

        return (address, Clamp(instruction, address, space, bytes, hasBegin));
    }

    private Register Clamp(Instruction instruction, Register address, StateSpace space, int bytes, bool hasBegin = false)
    {
        WindowBounds window = Window(space);
        if (!window.Exists)
        {
            throw new NotFenceableException(
                instruction, $"the kernel declares no .{space.Name()} variable that this address could lie in");
        }

        Register result = address;
        if (bytes > 1 && !hasBegin)
        {
            result = Emit32(
                "and.b32", [PassContext.Reg(result), PassContext.Imm(-bytes)], instruction, "clear the alignment bits");
        }

        string reason = $"clamp to the kernel's .{space.Name()} memory";
        if (!hasBegin)
        {
            result = Emit32("max.u32", [PassContext.Reg(result), PassContext.Reg(window.First)], instruction, reason);
        }

        return Emit32("min.u32", [PassContext.Reg(result), PassContext.Reg(window.Last(bytes))], instruction, reason);
    }

    private void StopIfDifferent(
        Instruction instruction, Register original, Register safe, int bytes, bool isWrite, Guard? guard)
    {
        Register bad = _context.NewRegister(PtxType.Pred, "%tw_bad");
        string type = safe.Type.Bits == 64 ? "u64" : "u32";
        List<Operand> operands = [PassContext.Reg(bad), PassContext.Reg(original), PassContext.Reg(safe)];
        string opcode = $"setp.ne.{type}";
        if (guard is not null)
        {
            opcode = $"setp.ne.and.{type}";
            operands.Add(new RegisterOperand(guard.Register, guard.IsNegated));
        }

        const string Reason = "an address that the fence moved is out of bounds or misaligned";
        _out.Add(InstructionFactory.Create(opcode, [.. operands], null, instruction.Position, Reason));
        Label stop = _context.Stops.Site(
            FenceStatus.OutOfBounds, instruction.Position, PassContext.Reg(original), bytes, isWrite);
        _out.Add(InstructionFactory.Create(
            "bra", [new LabelOperand(stop)], new Guard(bad, false), instruction.Position, Reason));
    }

    private Register Emit(string opcode, ReadOnlySpan<Operand> sources, Instruction origin, string reason) =>
        Emit(opcode.EndsWith("64", StringComparison.Ordinal) ? PtxType.B64 : PtxType.B32, opcode, sources, origin, reason);

    private Register Emit32(string opcode, ReadOnlySpan<Operand> sources, Instruction origin, string reason) =>
        Emit(PtxType.B32, opcode, sources, origin, reason);

    private Register Emit(PtxType type, string opcode, ReadOnlySpan<Operand> sources, Instruction origin, string reason)
    {
        Register register = _context.NewRegister(type, type == PtxType.B64 ? "%tw_a" : "%tw_w");
        _out.Add(InstructionFactory.Create(
            opcode, [PassContext.Reg(register), .. sources], null, origin.Position, reason));
        return register;
    }
}

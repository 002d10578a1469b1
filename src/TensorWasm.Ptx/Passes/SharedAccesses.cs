using TensorWasm.Ptx.Analyses;
using TensorWasm.Ptx.Ir;
using TensorWasm.Ptx.Isa;
using TensorWasm.Ptx.Semantics;

namespace TensorWasm.Ptx.Passes;

/// <summary>
/// The operands of a loop's instructions that lie in shared memory at a bounded place: addresses of plain accesses,
/// matrices of <c>wgmma</c>. Whether memory is large enough for the bounds is checked before the loop.
/// </summary>
internal sealed class SharedAccesses(ValueRanges ranges, RegisterBits bits)
{
    private const ulong LayoutBits = ~0xFFFFUL;

    private readonly Dictionary<Instruction, List<SharedAccess>> _known = [];

    /// <summary>Instructions all of whose memory operands are bounded.</summary>
    public IEnumerable<Instruction> Whole => _known.Keys.Where(instruction => IsComplete(instruction, 0));

    /// <summary>Adds an operand; false when it is none of shared memory, or not bounded.</summary>
    public bool TryAdd(Instruction instruction, int index)
    {
        SharedAccess? access = instruction.Operands[index] switch
        {
            MemoryOperand memory when instruction.Opcode.Operands[index].Space == StateSpace.Shared => Plain(instruction, memory),
            RegisterOperand { Register: var descriptor }
                when instruction.Opcode.Operands[index].Kind == OperandKind.Descriptor =>
                Matrix(instruction, descriptor, isA: index == 1),
            _ => null,
        };
        if (access is null)
        {
            return false;
        }

        if (!_known.TryGetValue(instruction, out List<SharedAccess>? accesses))
        {
            _known.Add(instruction, accesses = []);
        }

        accesses.Add(access);
        return true;
    }

    /// <summary>The accesses of some instructions.</summary>
    public IEnumerable<SharedAccess> Of(IEnumerable<Instruction> instructions) =>
        instructions.SelectMany(instruction => _known.GetValueOrDefault(instruction) ?? []);

    /// <summary>Whether all operands that name memory are known, some number of them by other means.</summary>
    public bool IsComplete(Instruction instruction, int others)
    {
        int known = others + (_known.GetValueOrDefault(instruction)?.Count ?? 0);
        int operands = 0;
        for (int i = 0; i < instruction.Operands.Count; i++)
        {
            if (instruction.Operands[i] is MemoryOperand
                || instruction.Opcode.Operands[i].Kind == OperandKind.Descriptor)
            {
                operands++;
            }
        }

        return known == operands && HasBoundedSize(instruction);
    }

    /// <summary>A source size above the copy's is undefined (PTX ISA 9.7.9.25.3.1).</summary>
    private bool HasBoundedSize(Instruction instruction) =>
        instruction.Opcode.Effect != Effect.Copy || instruction.Operands.Count < 4
        || (instruction.Operands[3] is RegisterOperand { Register: var size } && ranges.Of(size) is { IsNatural: true } range
            && range.High <= AccessRules.AccessBytes(instruction.Opcode, instruction.Operands));

    private SharedAccess? Plain(Instruction instruction, MemoryOperand memory)
    {
        bool isAccess = instruction.Opcode.Effect is Effect.Load or Effect.Store or Effect.Atomic or Effect.Reduction
            or Effect.MatrixLoad or Effect.MatrixStore or Effect.Copy;
        int bytes = AccessRules.AccessBytes(instruction.Opcode, instruction.Operands);
        ValueRange? place = memory.Base is { } register ? ranges.Of(register)
            : memory.Variable is { IsDynamic: true } array ? ValueRange.Of(array, 0, 0, 4)
            : null;
        return isAccess && place is { Variable: { Space: StateSpace.Shared } variable, InUnits: false } range
            && range.Low + memory.Offset >= 0 && memory.Offset % bytes == 0 && (1L << range.ZeroBits) >= bytes
            ? new SharedAccess(instruction, variable, Math.Max(range.High + memory.Offset + bytes, range.Needs), null)
            : null;
    }

    private SharedAccess? Matrix(Instruction instruction, Register descriptor, bool isA)
    {
        KnownBits known = bits.Of(descriptor);
        return (known.Mask & LayoutBits) == LayoutBits && MatrixExtent.Of(instruction, known.Value, isA) is { } extent
            && ranges.StartOf(descriptor) is { Variable: { Space: StateSpace.Shared } variable } start
            && start.Needs <= (start.High + 1) << ValueRange.UnitBits
            ? new SharedAccess(instruction, variable, start.High << ValueRange.UnitBits, extent)
            {
                Excess = extent.ExcessOf(ValueRange.UnitBits + start.ZeroBits),
            }
            : null;
    }
}

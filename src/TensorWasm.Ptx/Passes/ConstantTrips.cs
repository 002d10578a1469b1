using TensorWasm.Ptx.Analyses;
using TensorWasm.Ptx.Ir;

namespace TensorWasm.Ptx.Passes;

/// <summary>Finds loops whose number of iterations is a small constant.</summary>
internal static class ConstantTrips
{
    /// <summary>So many iterations of an innermost loop take microseconds, far below any deadline.</summary>
    private const long MaxTrips = 4096;

    public static bool IsShort(LoopFacts facts, CountedLoop loop)
    {
        if (loop.Bound is not ImmediateOperand bound || StartOf(facts, loop.Counter) is not { } start)
        {
            return false;
        }

        bool signed = loop.Type.Class != Isa.TypeClass.Integer || loop.Type.IsSigned;
        long end = Constants.Signed(bound, loop.Type.Bits);
        long size = Math.Abs(loop.Step);
        // Small non-negative numbers mean the same signed and unsigned, and cannot wrap in so few steps.
        const long Small = 1L << 30;
        static bool IsSmall(long value) => value is >= -Small and <= Small;
        if (!IsSmall(end) || !IsSmall(start) || size > Small || (!signed && (end < 0 || start < 0)))
        {
            return false;
        }

        long distance = loop.Step > 0 ? end - start : start - end;
        if (loop.Comparison == "ne" && (distance <= 0 || distance % size != 0))
        {
            return false;
        }

        // Going below zero wraps an unsigned counter.
        bool mayWrap = !signed && loop.Step < 0 && loop.Comparison != "ne" && end < size;
        return !mayWrap && (Math.Max(distance, 0) / size) + 2 <= MaxTrips;
    }

    /// <summary>The constant that the counter, or what it is an addition to, is set to before the loop.</summary>
    private static long? StartOf(LoopFacts facts, Register counter)
    {
        Register variable = counter;
        long added = 0;
        // At most two steps: the low half of a sum.
        for (int i = 0; i < 2 && facts.Induction(variable) is null; i++)
        {
            if (facts.OncePerIteration(variable) is not { } point
                || facts.At(point) is not { } definition || definition.Operands[1] is not RegisterOperand source)
            {
                return null;
            }

            added += definition.Operands.Count > 2 && definition.Operands[2] is ImmediateOperand constant
                ? Constants.Signed(constant, variable.Type.Bits)
                : 0;
            variable = source.Register;
        }

        // A copy of the loop shares its instructions, so they are recognised as the loop's own.
        HashSet<Instruction> own = [.. facts.Loop.Blocks.SelectMany(block => facts.Graph.Blocks[block].Instructions)];
        ImmediateOperand? start = ConstantOf(facts, variable, own);
        return start is null ? null : unchecked(Constants.Signed(start, variable.Type.Bits) + added);
    }

    /// <summary>The constant that a register's only definition outside the loop gives it, perhaps through a copy.</summary>
    private static ImmediateOperand? ConstantOf(LoopFacts facts, Register variable, HashSet<Instruction> own)
    {
        for (int i = 0; i < 2; i++)
        {
            Instruction[] outside = [.. facts.Graph.Blocks.SelectMany(block => block.Instructions)
                .Where(instruction => instruction.Writes.Contains(variable) && !own.Contains(instruction))];
            if (outside is not [{ Opcode.Mnemonic: "mov", Guard: null } only] || only.Opcode.Type?.Bits != variable.Type.Bits)
            {
                return null;
            }

            if (only.Operands[1] is ImmediateOperand { IsInteger: true } value)
            {
                return value;
            }

            if (only.Operands[1] is not RegisterOperand { IsNegated: false } copied || !facts.IsInvariant(copied.Register))
            {
                return null;
            }

            variable = copied.Register;
        }

        return null;
    }
}

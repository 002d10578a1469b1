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
        if (facts.Induction(counter) is null)
        {
            if (facts.OncePerIteration(counter) is not { } point
                || facts.At(point).Operands[1] is not RegisterOperand source)
            {
                return null;
            }

            variable = source.Register;
        }

        // A copy of the loop shares its instructions, so they are recognised as the loop's own.
        HashSet<Instruction> own = [.. facts.Loop.Blocks.SelectMany(block => facts.Graph.Blocks[block].Instructions)];
        Instruction[] outside = [.. facts.Graph.Blocks.SelectMany(block => block.Instructions)
            .Where(instruction => instruction.Writes.Contains(variable) && !own.Contains(instruction))];
        return outside is [{ Opcode.Mnemonic: "mov", Guard: null } only] && only.Operands[1] is ImmediateOperand { IsInteger: true } value
            ? Constants.Signed(value, Math.Min(only.Opcode.Type?.Bits ?? 64, variable.Type.Bits))
            : null;
    }
}

using TensorWasm.Ptx.Analyses;
using TensorWasm.Ptx.Ir;

namespace TensorWasm.Ptx.Passes;

/// <summary>Finds loops whose number of iterations is a small constant.</summary>
internal static class ConstantTrips
{
    /// <summary>So many iterations of an innermost loop take microseconds, far below any deadline.</summary>
    private const long MaxTrips = 4096;

    /// <summary>Blocks looked at on the way back from a loop to where its counter was set.</summary>
    private const int MaxBlocks = 64;

    /// <summary>The most iterations that the loop can make, or null when that is not a small constant.</summary>
    public static long? Of(LoopFacts facts, CountedLoop loop)
    {
        if (loop.Bound is not ImmediateOperand bound || StartOf(facts, loop.Counter) is not { } start)
        {
            return null;
        }

        bool signed = loop.Type.Class != Isa.TypeClass.Integer || loop.Type.IsSigned;
        long end = Constants.Signed(bound, loop.Type.Bits);
        long size = Math.Abs(loop.Step);
        // Small non-negative numbers mean the same signed and unsigned. None of them, with a step added, comes near the
        // end of 32 bits.
        const long Small = 1L << 28;
        static bool IsSmall(long value) => value is >= -Small and <= Small;
        if (!IsSmall(end) || !IsSmall(start) || size > Small || (!signed && (end < 0 || start < 0)))
        {
            return null;
        }

        long distance = loop.Step > 0 ? end - start : start - end;
        if (loop.Comparison == "ne" && (distance <= 0 || distance % size != 0))
        {
            return null;
        }

        // Going below zero wraps an unsigned counter.
        bool mayWrap = !signed && loop.Step < 0 && loop.Comparison != "ne" && end < size;
        long trips = (Math.Max(distance, 0) / size) + 2;
        return !mayWrap && trips <= MaxTrips ? trips : null;
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

        return ConstantAtEntry(facts, variable) is { } start
            ? unchecked(Constants.Signed(start, variable.Type.Bits) + added)
            : null;
    }

    /// <summary>
    /// The constant that a register holds whenever the loop is entered: found by walking back from it, as long as there
    /// is only one way. A definition further off does not count, since the loop itself may have changed the register
    /// when it was run before.
    /// </summary>
    private static ImmediateOperand? ConstantAtEntry(LoopFacts facts, Register variable)
    {
        ControlFlowGraph graph = facts.Graph;
        int block = facts.Loop.Header;
        for (int steps = 0, copies = 0; steps < MaxBlocks; steps++)
        {
            int[] before = [.. graph.Predecessors(block).Where(p => !facts.Loop.Blocks.Contains(p))];
            bool isOnly = before.Length == 1
                && (block == facts.Loop.Header || graph.Predecessors(block).Count == 1);
            if (!isOnly)
            {
                return null;
            }

            block = before[0];
            IReadOnlyList<Instruction> code = graph.Blocks[block].Instructions;
            for (int i = code.Count - 1; i >= 0; i--)
            {
                if (!code[i].Writes.Contains(variable))
                {
                    continue;
                }

                if (code[i] is not { Opcode.Mnemonic: "mov", Guard: null } move
                    || move.Opcode.Type?.Bits != variable.Type.Bits)
                {
                    return null;
                }

                if (move.Operands[1] is ImmediateOperand { IsInteger: true } value)
                {
                    return value;
                }

                if (move.Operands[1] is not RegisterOperand { IsNegated: false } copied || ++copies > 2)
                {
                    return null;
                }

                variable = copied.Register;
            }
        }

        return null;
    }
}

using TensorWasm.Ptx.Ir;
using TensorWasm.Ptx.Isa;

namespace TensorWasm.Ptx.Analyses;

/// <summary>
/// A loop whose latch goes on while a register that steps by a constant compares with something that does not change.
/// </summary>
/// <param name="Counter">The register compared.</param>
/// <param name="Step">How much it changes from one comparison to the next; never 0.</param>
/// <param name="Bound">A constant or an invariant register.</param>
/// <param name="Comparison">lt, le, gt, ge or ne: the condition to go on.</param>
/// <param name="Type">The type compared.</param>
/// <param name="Compare">Place of the comparison, in the latch.</param>
internal sealed record CountedLoop(
    Register Counter, long Step, Operand Bound, string Comparison, PtxType Type, CodePoint Compare)
{
    /// <summary>Recognises a counted loop, or returns null.</summary>
    public static CountedLoop? Of(LoopFacts facts)
    {
        if (facts.Latch?.Terminator is not { Guard: { } guard, Opcode.Effect: Effect.Branch } branch
            || ((LabelOperand)branch.Operands[0]).Label != facts.Header.Label
            || facts.OncePerIteration(guard.Register) is not { } point || point.Block != facts.LatchIndex)
        {
            return null;
        }

        Instruction compare = facts.At(point);
        if (compare.Opcode.Mnemonic != "setp" || compare.Opcode.Modifier("L") is not null
            || compare.Opcode.Type is not { Bits: 32 or 64, Class: TypeClass.Integer or TypeClass.Bits } type
            || compare.Operands[0] is not RegisterOperand)
        {
            return null;
        }

        string? comparison = Normalise(compare.Opcode.Modifier("C")!, guard.IsNegated);
        for (int side = 1; side <= 2 && comparison is not null; side++)
        {
            if (compare.Operands[side] is RegisterOperand counter && IsFixed(facts, compare.Operands[3 - side])
                && StepAt(facts, counter.Register) is { } step && step != 0)
            {
                string condition = side == 1 ? comparison : Mirror(comparison);
                return Fits(condition, step)
                    ? new CountedLoop(counter.Register, step, compare.Operands[3 - side], condition, type, point)
                    : null;
            }
        }

        return null;
    }

    private static bool IsFixed(LoopFacts facts, Operand operand) => operand switch
    {
        RegisterOperand register => facts.IsInvariant(register.Register),
        ImmediateOperand { IsInteger: true } => true,
        _ => false,
    };

    /// <summary>
    /// The register's own step, or that of the register it is computed from by an addition, or as the low half: LLVM
    /// compares that where it is enough.
    /// </summary>
    private static long? StepAt(LoopFacts facts, Register register)
    {
        if (facts.Induction(register) is { } induction)
        {
            return induction.Register is null ? induction.Constant : null;
        }

        if (facts.OncePerIteration(register) is not { } point)
        {
            return null;
        }

        Instruction definition = facts.At(point);
        if (IsLowHalf(definition) && definition.Operands[1] is RegisterOperand { Register.Type.Bits: 64 } wide)
        {
            return StepAt(facts, wide.Register);
        }

        if (definition is not { Opcode: { Mnemonic: "add", Effect: Effect.None, Type.Class: TypeClass.Integer } } sum
            || sum.Opcode.Has("sat"))
        {
            return null;
        }

        return sum.Operands[1] is RegisterOperand source && sum.Operands[2] is ImmediateOperand
            ? facts.Induction(source.Register) is { Register: null } of ? of.Constant : null
            : null;
    }

    /// <summary>
    /// <c>cvt</c> from 64-bit to 32-bit integers without saturation: steps below 2^31 stay what they are. In a 64-bit
    /// register, which <c>cvt</c> may write too, they would not: there the low half wraps before the register does.
    /// </summary>
    public static bool IsLowHalf(Instruction instruction) =>
        instruction.Opcode is
        {
            Mnemonic: "cvt",
            Type: { Bits: 32, Class: TypeClass.Integer },
            SourceType: { Bits: 64, Class: TypeClass.Integer },
        }
        && instruction.Operands[0] is RegisterOperand { Register.Type.Bits: 32 } && !instruction.Opcode.Has("sat");

    private static string? Normalise(string comparison, bool negated)
    {
        string plain = comparison switch { "lo" => "lt", "ls" => "le", "hi" => "gt", "hs" => "ge", _ => comparison };
        if (!negated)
        {
            return plain == "eq" ? null : plain;
        }

        return plain switch { "lt" => "ge", "le" => "gt", "gt" => "le", "ge" => "lt", "eq" => "ne", _ => null };
    }

    private static string Mirror(string comparison) => comparison switch
    {
        "lt" => "gt",
        "le" => "ge",
        "gt" => "lt",
        "ge" => "le",
        _ => comparison,
    };

    private static bool Fits(string comparison, long step) => comparison switch
    {
        "lt" or "le" => step > 0,
        "gt" or "ge" => step < 0,
        _ => true,
    };
}

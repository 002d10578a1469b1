using TensorWasm.Ptx.Analyses;
using TensorWasm.Ptx.Ir;
using TensorWasm.Ptx.Isa;
using TensorWasm.Ptx.Semantics;

namespace TensorWasm.Ptx.Passes;

/// <summary>
/// Finds what a register's value is in each iteration of a loop, and writes the preheader code that computes its value
/// in the first one. Sums and products are exact modulo the register's size; where a 32-bit value is widened, it must
/// not wrap, which <see cref="Widenings"/> lists for a check at run time.
/// </summary>
internal sealed class AffineEvaluator(PassContext context, LoopFacts facts)
{
    private const int MaxDepth = 32;
    private const string Reason = "the loop's address ranges are computed before it";

    private readonly Dictionary<(Register Register, bool After), AffineValue?> _known = [];

    /// <summary>The preheader's code.</summary>
    public List<Instruction> Code { get; } = [];

    /// <summary>32-bit values that are widened in the loop, and whether as signed ones.</summary>
    public List<(Operand Start, Stride Stride, bool IsSigned)> Widenings { get; } = [];

    public AffineValue? Of(Register register, CodePoint at) => Of(register, at, 0);

    public Register Emit(PtxType type, string opcode, params Operand[] sources)
    {
        Register register = context.NewRegister(type, "%tw_v");
        Code.Add(InstructionFactory.Create(
            opcode, [PassContext.Reg(register), .. sources], null, facts.Header.Code.Count > 0
                ? facts.Header.Code[0].Position
                : context.Kernel.Position, Reason));
        return register;
    }

    /// <summary>A stride as an operand of 64-bit arithmetic.</summary>
    public static Operand OperandOf(Stride stride) =>
        stride.Register is { } register ? PassContext.Reg(register) : PassContext.Imm(stride.Constant);

    private AffineValue? Of(Register register, CodePoint at, int depth)
    {
        if (facts.IsInvariant(register))
        {
            return new AffineValue(PassContext.Reg(register), default);
        }

        if (depth > MaxDepth || register.Type.Bits is not (16 or 32 or 64))
        {
            return null;
        }

        if (facts.Induction(register) is { } induction)
        {
            bool after = facts.Precedes(induction.Point, at);
            bool before = facts.Precedes(at, induction.Point) || at == induction.Point;
            if (after == before)
            {
                return null;
            }

            return Remember(register, after, () => Stepped(register, induction, after));
        }

        // A value of an earlier iteration may be read where its definition does not come first.
        return facts.Only(register) is { } point && facts.Precedes(point, at)
            ? Remember(register, false, () => Evaluate(point, depth + 1))
            : null;
    }

    private AffineValue? Remember(Register register, bool after, Func<AffineValue?> compute)
    {
        if (!_known.TryGetValue((register, after), out AffineValue? value))
        {
            value = compute();
            _known[(register, after)] = value;
        }

        return value;
    }

    private AffineValue Stepped(Register register, Induction induction, bool after)
    {
        Operand start = after
            ? PassContext.Reg(Emit(
                register.Type,
                $"add.s{register.Type.Bits}",
                PassContext.Reg(register),
                induction.Register is { } by ? PassContext.Reg(by) : PassContext.Imm(induction.Constant)))
            : PassContext.Reg(register);
        if (induction.Register is not { } step)
        {
            return new AffineValue(start, new Stride(induction.Constant, null));
        }

        Register wide = step.Type.Bits == 64 ? step : Emit(PtxType.B64, "cvt.s64.s32", PassContext.Reg(step));
        return new AffineValue(start, new Stride(0, wide));
    }

    private AffineValue? Of(Operand operand, CodePoint at, int depth) => operand switch
    {
        RegisterOperand { IsNegated: false } register => Of(register.Register, at, depth),
        ImmediateOperand or AddressOfOperand or SpecialOperand { Register.IsInvariant: true } =>
            new AffineValue(operand, default),
        _ => null,
    };

    private AffineValue? Evaluate(CodePoint point, int depth)
    {
        Instruction instruction = facts.At(point);
        PtxOpcode opcode = instruction.Opcode;
        if (opcode.Effect != Effect.None || instruction.Writes.Count != 1 || instruction.Guard is not null
            || instruction.Operands[0] is not RegisterOperand || instruction.Reads.Any(r => r.Type == PtxType.Pred))
        {
            return null;
        }

        var sources = new AffineValue[instruction.Operands.Count - 1];
        for (int i = 0; i < sources.Length; i++)
        {
            if (Of(instruction.Operands[i + 1], point, depth) is not { } source)
            {
                return null;
            }

            sources[i] = source;
        }

        if (StrideOf(instruction, sources) is not { } stride)
        {
            return null;
        }

        // What does not change from its operands' first values is their first value's copy.
        Register start = Emit(
            instruction.Writes[0].Type, opcode.Text, [.. sources.Select(source => source.Start)]);
        return new AffineValue(PassContext.Reg(start), stride);
    }

    private Stride? StrideOf(Instruction instruction, AffineValue[] sources)
    {
        if (sources.All(source => source.Stride.IsZero))
        {
            return default(Stride);
        }

        PtxOpcode opcode = instruction.Opcode;
        bool integer = opcode.Type is { Class: TypeClass.Integer or TypeClass.Bits, Bits: 32 or 64 }
            && !opcode.Has("sat") && !opcode.Has("hi");
        if (!integer)
        {
            return null;
        }

        switch (opcode.Mnemonic)
        {
            case "mov" when instruction.Writes[0].Type.Bits == opcode.Type!.Bits:
                return sources[0].Stride;
            case "add":
                return Add(sources[0].Stride, sources[1].Stride);
            case "sub":
                return sources[1].Stride is { Register: null } s
                    ? Add(sources[0].Stride, new Stride(-s.Constant, null))
                    : null;
            case "shl" when sources[1].Start is ImmediateOperand { Bits: < 31 } count:
                return Multiply(sources[0].Stride, PassContext.Imm(1L << (int)count.Bits), PtxType.U64, true);
            case "mul":
                return Product(opcode, sources[0], sources[1]);
            case "mad":
                return Product(opcode, sources[0], sources[1]) is { } product ? Add(product, sources[2].Stride) : null;
            case "cvt" when CountedLoop.IsLowHalf(instruction) && sources[0].Stride is { Register: null } low:
                return low;
            case "cvt" when opcode.Type!.Bits == 64 && opcode.SourceType is { Bits: 32, Class: TypeClass.Integer } from
                && sources[0].Start is not SpecialOperand:
                Widenings.Add((sources[0].Start, sources[0].Stride, from.IsSigned));
                return sources[0].Stride;
            default:
                return null;
        }
    }

    private Stride? Product(PtxOpcode opcode, AffineValue a, AffineValue b)
    {
        if (!a.Stride.IsZero && !b.Stride.IsZero)
        {
            return null;
        }

        (AffineValue moving, AffineValue still) = a.Stride.IsZero ? (b, a) : (a, b);
        if (moving.Stride.IsZero)
        {
            return default(Stride);
        }

        bool wide = opcode.Has("wide");
        if (wide && opcode.Type!.Bits != 32)
        {
            return null;
        }

        if (wide)
        {
            Widenings.Add((moving.Start, moving.Stride, opcode.Type!.IsSigned));
        }

        return Multiply(moving.Stride, still.Start, opcode.Type!, opcode.Type!.IsSigned || !wide);
    }

    private Stride? Add(Stride a, Stride b)
    {
        if (a.Register is null && b.Register is null)
        {
            long sum = a.Constant + b.Constant;
            return Constants.IsSmall(sum) ? new Stride(sum, null) : null;
        }

        return a.IsZero ? b : b.IsZero ? a
            : new Stride(0, Emit(PtxType.B64, "add.s64", OperandOf(a.Register is null ? b : a), OperandOf(a.Register is null ? a : b)));
    }

    /// <summary>The factor is widened as the instruction reads it; products are exact modulo 2^64.</summary>
    private Stride? Multiply(Stride stride, Operand factor, PtxType type, bool signed)
    {
        if (factor is ImmediateOperand constant)
        {
            long value = signed ? Constants.Signed(constant, type.Bits) : (long)(constant.Bits & uint.MaxValue);
            if (stride.Register is null)
            {
                return Constants.IsSmall(value) && Constants.IsSmall(stride.Constant * value)
                    ? new Stride(stride.Constant * value, null)
                    : null;
            }

            return new Stride(
                0, Emit(PtxType.B64, "mul.lo.s64", PassContext.Reg(stride.Register), PassContext.Imm(value)));
        }

        if (factor is not RegisterOperand { Register: var register } || register.Type.Bits is not (32 or 64))
        {
            return null;
        }

        Register wide = register.Type.Bits == 64
            ? register
            : Emit(PtxType.B64, signed ? "cvt.s64.s32" : "cvt.u64.u32", factor);
        return stride == new Stride(1, null)
            ? new Stride(0, wide)
            : new Stride(0, Emit(PtxType.B64, "mul.lo.s64", PassContext.Reg(wide), OperandOf(stride)));
    }
}

using System.Numerics;
using TensorWasm.Ptx.Ir;
using TensorWasm.Ptx.Isa;

namespace TensorWasm.Gpu.Cpu.Compilation;

/// <summary>
/// What instructions make of affine values. Rules other than the linear one hold under a condition that the code checks
/// as it runs; where it fails, the warp goes on in code that was compiled without these rules.
/// </summary>
internal sealed class AffineRules(LaunchClass launch, bool speculates, IReadOnlySet<Instruction> distrusted, long localStride)
{
    /// <summary>The rule and shape of an instruction's only result, whose sources are not all uniform.</summary>
    internal (AffineRule Rule, Shape Shape) Of(Instruction instruction, Func<Operand, Shape> shapeOf)
    {
        PtxOpcode opcode = instruction.Opcode;
        if (opcode.Type is not { Class: TypeClass.Integer or TypeClass.Bits, Bits: 32 or 64 } type
            || instruction.Operands[0] is not RegisterOperand)
        {
            return (AffineRule.None, Shape.Vector);
        }

        Shape At(int index) => shapeOf(instruction.Operands[index]);
        (AffineRule Rule, Shape Shape) found = opcode.Mnemonic switch
        {
            "mov" when instruction.Operands[1] is not VectorOperand => Linear(At(1), 1, Shape.Uniform, type),
            "add" when IsPlain(opcode) => Linear(At(1), 1, At(2), type),
            "sub" when IsPlain(opcode) => Linear(At(2), -1, At(1), type),
            "neg" => Linear(At(1), -1, Shape.Uniform, type),
            "shl" when Constant(instruction.Operands[2]) is { } count and < 24 =>
                Linear(At(1), 1L << (int)count, Shape.Uniform, type),
            "mul" or "mad" when opcode.Has("lo") && IsPlain(opcode) => Product(instruction, shapeOf, type),
            "mul" or "mad" when opcode.Has("wide") && type.Bits == 32 => WideProduct(instruction, shapeOf),
            "cvt" => Conversion(instruction, At(1), type),
            "cvta" => Conversion(opcode, At(1)),
            "and" => And(instruction, shapeOf),
            "or" or "xor" when (At(1).IsUniform || At(2).IsUniform) && At(1).IsScalar && At(2).IsScalar =>
                (AffineRule.Merge, Shape.Affine(At(1).Stride + At(2).Stride)),
            "min" or "max" when !opcode.Has("relu") && (At(1).IsUniform || At(2).IsUniform) && At(1).IsScalar && At(2).IsScalar =>
                (AffineRule.Clamp, Shape.Affine(At(1).Stride + At(2).Stride)),
            "shr" when Constant(instruction.Operands[2]) is { } count && count < (ulong)type.Bits && At(1).IsScalar =>
                DropBelow(At(1), 1UL << (int)count),
            "div" when Constant(instruction.Operands[2]) is { } divisor && At(1).IsScalar => DropBelow(At(1), divisor),
            "selp" when At(3).IsUniform && At(1).IsScalar && At(1) == At(2) => (AffineRule.Linear, At(1)),
            _ => (AffineRule.None, Shape.Vector),
        };
        return found.Shape.IsVector || (found.Rule > AffineRule.Linear && (!speculates || distrusted.Contains(instruction)))
            ? (AffineRule.None, Shape.Vector)
            : found;
    }

    internal static ulong? Constant(Operand operand) =>
        operand is ImmediateOperand { IsInteger: true } constant ? constant.Bits : null;

    private static bool IsPlain(PtxOpcode opcode) => !opcode.Has("sat") && opcode.Effect == Effect.None;

    private static long Wrap(long stride, PtxType type) => type.Bits == 32 ? (int)stride : stride;

    private static (AffineRule Rule, Shape Shape) Linear(Shape a, long factor, Shape b, PtxType type) =>
        a.IsScalar && b.IsScalar
            ? (AffineRule.Linear, Shape.Affine(Wrap((a.Stride * factor) + b.Stride, type)))
            : (AffineRule.None, Shape.Vector);

    private static (AffineRule Rule, Shape Shape) Product(Instruction instruction, Func<Operand, Shape> shapeOf, PtxType type)
    {
        Shape addend = instruction.Operands.Count > 3 ? shapeOf(instruction.Operands[3]) : Shape.Uniform;
        Shape a = shapeOf(instruction.Operands[1]);
        Shape b = shapeOf(instruction.Operands[2]);
        if (a.IsUniform && b.IsUniform)
        {
            return Linear(Shape.Uniform, 1, addend, type);
        }

        return Factor(instruction, type) is { } factor && Math.Abs(factor) < Shape.MaxStride
            ? Linear(a.IsUniform ? b : a, factor, addend, type)
            : (AffineRule.None, Shape.Vector);
    }

    private static (AffineRule Rule, Shape Shape) WideProduct(Instruction instruction, Func<Operand, Shape> shapeOf)
    {
        (AffineRule rule, Shape shape) = Product(instruction, shapeOf, PtxType.U64);
        bool widens = !shapeOf(instruction.Operands[1]).IsUniform || !shapeOf(instruction.Operands[2]).IsUniform;
        return (rule == AffineRule.Linear && widens ? AffineRule.Widen : rule, shape);
    }

    /// <summary>The constant operand of a product as the instruction reads it, or null.</summary>
    private static long? Factor(Instruction instruction, PtxType type)
    {
        ulong? constant = Constant(instruction.Operands[2]) ?? Constant(instruction.Operands[1]);
        bool unsigned = instruction.Opcode.Has("wide") && !instruction.Opcode.Type!.IsSigned;
        return constant is { } bits
            ? instruction.Opcode.Type!.Bits == 64 && type.Bits == 64 ? (long)bits : unsigned ? (uint)bits : (int)bits
            : null;
    }

    private static (AffineRule Rule, Shape Shape) Conversion(Instruction instruction, Shape source, PtxType type)
    {
        PtxOpcode opcode = instruction.Opcode;
        if (!source.IsScalar || opcode.Has("sat")
            || opcode.SourceType is not { Class: TypeClass.Integer, Bits: 32 or 64 } from
            || ((RegisterOperand)instruction.Operands[0]).Register.Type.Bits != type.Bits)
        {
            return (AffineRule.None, Shape.Vector);
        }

        return from.Bits < type.Bits
            ? (AffineRule.Widen, source)
            : (AffineRule.Linear, Shape.Affine(Wrap(source.Stride, type)));
    }

    private (AffineRule Rule, Shape Shape) Conversion(PtxOpcode opcode, Shape source)
    {
        long own = opcode.Space == StateSpace.Local ? localStride : 0;
        return source.IsScalar && opcode.Type!.Bits == 64
            ? (AffineRule.Linear, Shape.Affine(source.Stride + (opcode.Has("to") ? -own : own)))
            : (AffineRule.None, Shape.Vector);
    }

    private (AffineRule Rule, Shape Shape) And(Instruction instruction, Func<Operand, Shape> shapeOf)
    {
        int bits = instruction.Opcode.Type!.Bits;
        Operand masked = instruction.Operands[1] is ImmediateOperand ? instruction.Operands[2] : instruction.Operands[1];
        ulong? constant = Constant(instruction.Operands[2]) ?? Constant(instruction.Operands[1]);
        if (constant is not { } mask || shapeOf(masked) is not { IsScalar: true } shape)
        {
            return (AffineRule.None, Shape.Vector);
        }

        mask = bits == 32 ? (uint)mask : mask;
        int low = BitOperations.TrailingZeroCount(mask);
        ulong run = mask >> low;
        bool consecutive = mask != 0 && ((run & (run + 1)) == 0 || (bits == 64 && run == ulong.MaxValue >> low));
        if (consecutive && low <= BitOperations.TrailingZeroCount(shape.Stride)
            && mask > (ulong)(Math.Abs(shape.Stride) * (launch.Width - 1)))
        {
            return (AffineRule.Mask, shape);
        }

        return low < bits ? DropBelow(shape, 1UL << low) : (AffineRule.None, Shape.Vector);
    }

    /// <summary>Cutting off what is below a unit leaves the same for all threads, if they lie within one unit.</summary>
    private (AffineRule Rule, Shape Shape) DropBelow(Shape shape, ulong unit) =>
        unit >= (ulong)(Math.Abs(shape.Stride) * launch.Width)
            ? (AffineRule.Drop, Shape.Uniform)
            : (AffineRule.None, Shape.Vector);
}

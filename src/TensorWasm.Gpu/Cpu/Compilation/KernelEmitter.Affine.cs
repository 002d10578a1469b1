using System.Numerics;
using System.Reflection.Emit;
using TensorWasm.Gpu.Cpu.Operations;
using TensorWasm.Ptx.Ir;
using TensorWasm.Ptx.Isa;

namespace TensorWasm.Gpu.Cpu.Compilation;

/// <summary>The conditions under which affine rules hold.</summary>
internal sealed partial class KernelEmitter
{
    private void EmitCondition(Instruction instruction, AffineRule rule)
    {
        PtxOpcode opcode = instruction.Opcode;
        PtxType type = rule == AffineRule.Widen ? opcode.SourceType ?? opcode.Type! : opcode.Type!;
        int index = _shapes.Of(instruction.Operands[1]).IsUniform ? 2 : 1;
        Operand affine = instruction.Operands[index];
        Operand other = instruction.Operands.Count > 2 ? instruction.Operands[3 - index] : affine;
        Shape shape = _shapes.Of(affine);
        long span = shape.Stride * (_launch.Width - 1);
        if (rule == AffineRule.Mask)
        {
            ulong mask = AffineRules.Constant(other)!.Value;
            mask = type.Bits == 32 ? (uint)mask : mask;
            int top = 64 - BitOperations.LeadingZeroCount(mask);
            if (top >= type.Bits)
            {
                return;
            }

            PushWide(affine, type.Bits == 64 ? PtxType.U64 : PtxType.U32);
            _il.Emit(OpCodes.Ldc_I8, span);
            _il.Emit(OpCodes.Ldc_I8, (1L << top) - 1);
            Condition(nameof(AffineConditions.StaysBelow), instruction);
            return;
        }

        PushWide(affine, type);
        _il.Emit(OpCodes.Ldc_I8, span);
        switch (rule)
        {
            case AffineRule.Widen:
                Condition(type.IsSigned ? nameof(AffineConditions.FitsSigned) : nameof(AffineConditions.FitsUnsigned), instruction);
                break;
            case AffineRule.Drop when opcode.Mnemonic == "div":
                _il.Emit(OpCodes.Ldc_I8, (long)AffineRules.Constant(other)!.Value);
                Condition(
                    type.IsSigned ? nameof(AffineConditions.SameQuotientSigned) : nameof(AffineConditions.SameQuotient),
                    instruction,
                    type.Bits);
                break;
            case AffineRule.Drop:
                ulong unit = AffineRules.Constant(other)!.Value;
                ulong kept = opcode.Mnemonic == "shr" ? ulong.MaxValue << (int)unit : unit;
                _il.Emit(OpCodes.Ldc_I8, (long)(type.Bits == 32 ? (uint)kept : kept));
                Condition(nameof(AffineConditions.SameBits), instruction);
                break;
            case AffineRule.Merge:
                PushWide(other, type.Bits == 64 ? PtxType.U64 : PtxType.U32);
                _il.Emit(OpCodes.Ldc_I4, BitOperations.TrailingZeroCount(shape.Stride));
                Condition(nameof(AffineConditions.AreDisjoint), instruction, type.Bits);
                break;
            case AffineRule.Clamp:
                PushWide(other, type);
                bool isMinimum = opcode.Mnemonic == "min";
                Condition(
                    (type.IsSigned, isMinimum) switch
                    {
                        (true, true) => nameof(AffineConditions.AtMostSigned),
                        (true, false) => nameof(AffineConditions.AtLeastSigned),
                        (false, true) => nameof(AffineConditions.AtMost),
                        _ => nameof(AffineConditions.AtLeast),
                    },
                    instruction,
                    type.Bits);
                break;
        }
    }

    private void Condition(string name, Instruction instruction, int bits = 0)
    {
        if (bits != 0)
        {
            _il.Emit(OpCodes.Ldc_I4, bits);
        }

        _il.Emit(OpCodes.Call, Helper(typeof(AffineConditions), name));
        RequireAffine(instruction);
    }

    /// <summary>Pushes a scalar as 64 bits, extended as its type says.</summary>
    private void PushWide(Operand operand, PtxType type)
    {
        PushScalar(operand, type);
        if (type.Bits < 64)
        {
            _il.Emit(type.IsSigned ? OpCodes.Conv_I8 : OpCodes.Conv_U8);
        }
    }
}

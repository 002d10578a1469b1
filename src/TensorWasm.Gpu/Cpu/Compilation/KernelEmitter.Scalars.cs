using System.Reflection.Emit;
using TensorWasm.Gpu.Cpu.Execution;
using TensorWasm.Ptx.Ir;
using TensorWasm.Ptx.Isa;
using Label = System.Reflection.Emit.Label;

namespace TensorWasm.Gpu.Cpu.Compilation;

/// <summary>Instructions whose operands are scalars, as CIL. What has no form here is done by the operation for one thread.</summary>
internal sealed partial class KernelEmitter
{
    private bool TryScalar(Instruction instruction)
    {
        PtxOpcode opcode = instruction.Opcode;
        PtxType type = opcode.Type ?? PtxType.B64;
        if (opcode.Effect == Effect.Address && opcode.Mnemonic == "cvta")
        {
            EmitAddressConversion(instruction);
            return true;
        }

        if (opcode.Mnemonic == "isspacep")
        {
            EmitScalarWindow(instruction);
            return true;
        }

        if (opcode.Effect != Effect.None || opcode.Has("sat") || opcode.Has("relu"))
        {
            return false;
        }

        if (opcode.Mnemonic == "cvt")
        {
            return TryScalarConversion(instruction, type, opcode.SourceType);
        }

        if (opcode.Mnemonic is "mov" or "selp")
        {
            return TryScalarSelection(instruction);
        }

        return type.Class switch
        {
            TypeClass.Integer or TypeClass.Bits or TypeClass.Predicate => TryScalarInteger(instruction, type),
            TypeClass.Float when type.Bits >= 32 => TryScalarFloat(instruction, type),
            _ => false,
        };
    }

    private void PushSource(Instruction instruction, int index) =>
        PushScalar(instruction.Operands[index], instruction.Opcode.Operands[index].Type!);

    private bool TryScalarSelection(Instruction instruction)
    {
        if (instruction.Opcode.Mnemonic == "mov")
        {
            PushSource(instruction, 1);
            return true;
        }

        Label whenTrue = _il.DefineLabel();
        Label end = _il.DefineLabel();
        PushSource(instruction, 3);
        _il.Emit(OpCodes.Brtrue, whenTrue);
        PushSource(instruction, 2);
        _il.Emit(OpCodes.Br, end);
        _il.MarkLabel(whenTrue);
        PushSource(instruction, 1);
        _il.MarkLabel(end);
        return true;
    }

    private bool TryScalarInteger(Instruction instruction, PtxType type)
    {
        PtxOpcode opcode = instruction.Opcode;
        switch (opcode.Mnemonic)
        {
            case "add" when type.Bits >= 16 && !type.Name.Contains('x', StringComparison.Ordinal):
                return Binary(instruction, OpCodes.Add);
            case "sub":
                return Binary(instruction, OpCodes.Sub);
            case "and":
                return Binary(instruction, OpCodes.And);
            case "or":
                return Binary(instruction, OpCodes.Or);
            case "xor":
                return Binary(instruction, OpCodes.Xor);
            case "mul" or "mad" when !opcode.Has("hi"):
                EmitScalarProduct(instruction, type);
                return true;
            case "neg":
                PushSource(instruction, 1);
                _il.Emit(OpCodes.Neg);
                return true;
            case "not" when type != PtxType.Pred:
                PushSource(instruction, 1);
                _il.Emit(OpCodes.Not);
                return true;
            case "not":
                PushSource(instruction, 1);
                _il.Emit(OpCodes.Ldc_I4_0);
                _il.Emit(OpCodes.Ceq);
                return true;
            case "shl" or "shr" when AffineRules.Constant(instruction.Operands[2]) is { } count && count < (ulong)type.Bits:
                PushSource(instruction, 1);
                _il.Emit(OpCodes.Ldc_I4, (int)count);
                _il.Emit(opcode.Mnemonic == "shl" ? OpCodes.Shl : type.IsSigned ? OpCodes.Shr : OpCodes.Shr_Un);
                return true;
            case "min" or "max" when type.Class == TypeClass.Integer && type.Bits >= 32 && !type.Name.Contains('x', StringComparison.Ordinal):
                PushSource(instruction, 1);
                PushSource(instruction, 2);
                Type clr = (type.Bits, type.IsSigned) switch
                {
                    (32, true) => typeof(int),
                    (32, false) => typeof(uint),
                    (64, true) => typeof(long),
                    _ => typeof(ulong),
                };
                _il.Emit(OpCodes.Call, typeof(Math).GetMethod(
                    opcode.Mnemonic == "min" ? nameof(Math.Min) : nameof(Math.Max), [clr, clr])!);
                return true;
            case "setp":
                return TryScalarComparison(instruction, type);
            default:
                return false;
        }
    }

    private bool Binary(Instruction instruction, OpCode code)
    {
        PushSource(instruction, 1);
        PushSource(instruction, 2);
        _il.Emit(code);
        return true;
    }

    private void EmitScalarProduct(Instruction instruction, PtxType type)
    {
        bool widens = instruction.Opcode.Has("wide") && type.Bits == 32;
        for (int i = 1; i <= 2; i++)
        {
            PushSource(instruction, i);
            if (widens)
            {
                _il.Emit(type.IsSigned ? OpCodes.Conv_I8 : OpCodes.Conv_U8);
            }
        }

        _il.Emit(OpCodes.Mul);
        if (instruction.Opcode.Mnemonic == "mad")
        {
            PushSource(instruction, 3);
            _il.Emit(OpCodes.Add);
        }
    }

    private bool TryScalarComparison(Instruction instruction, PtxType type)
    {
        string comparison = instruction.Opcode.Modifier("C")!;
        bool unsigned = !type.IsSigned;
        (OpCode code, bool negate) = comparison switch
        {
            "eq" => (OpCodes.Ceq, false),
            "ne" => (OpCodes.Ceq, true),
            "lt" => (unsigned ? OpCodes.Clt_Un : OpCodes.Clt, false),
            "ge" => (unsigned ? OpCodes.Clt_Un : OpCodes.Clt, true),
            "gt" => (unsigned ? OpCodes.Cgt_Un : OpCodes.Cgt, false),
            "le" => (unsigned ? OpCodes.Cgt_Un : OpCodes.Cgt, true),
            "lo" => (OpCodes.Clt_Un, false),
            "hs" => (OpCodes.Clt_Un, true),
            "hi" => (OpCodes.Cgt_Un, false),
            _ => (OpCodes.Cgt_Un, true),
        };
        PushSource(instruction, 1);
        PushSource(instruction, 2);
        _il.Emit(code);
        if (negate)
        {
            _il.Emit(OpCodes.Ldc_I4_0);
            _il.Emit(OpCodes.Ceq);
        }

        if (instruction.Opcode.Modifier("L") is { } logic)
        {
            PushSource(instruction, 3);
            _il.Emit(logic switch { "and" => OpCodes.And, "or" => OpCodes.Or, _ => OpCodes.Xor });
        }

        return true;
    }

    private bool TryScalarFloat(Instruction instruction, PtxType type)
    {
        PtxOpcode opcode = instruction.Opcode;
        bool isNearest = opcode.Modifier("R") is null or "rn";
        bool flushes = opcode.Has("ftz");
        Type clr = ClrTypeOf(type);
        if (!isNearest || opcode.Has("NaN") || opcode.Has("xorsign") || flushes)
        {
            return false;
        }

        switch (opcode.Mnemonic)
        {
            case "add":
                return Binary(instruction, OpCodes.Add);
            case "sub":
                return Binary(instruction, OpCodes.Sub);
            case "mul":
                return Binary(instruction, OpCodes.Mul);
            case "div" when !opcode.Has("ftz"):
                return Binary(instruction, OpCodes.Div);
            case "fma" or "mad":
                PushSource(instruction, 1);
                PushSource(instruction, 2);
                PushSource(instruction, 3);
                _il.Emit(OpCodes.Call, (type.Bits == 32 ? typeof(MathF) : typeof(Math)).GetMethod("FusedMultiplyAdd")!);
                return true;
            case "neg":
                PushSource(instruction, 1);
                _il.Emit(OpCodes.Neg);
                return true;
            case "min" or "max":
                PushSource(instruction, 1);
                PushSource(instruction, 2);
                _il.Emit(OpCodes.Call, clr.GetMethod(opcode.Mnemonic == "min" ? "MinNumber" : "MaxNumber", [clr, clr])!);
                return true;
            case "sqrt":
                PushSource(instruction, 1);
                _il.Emit(OpCodes.Call, (type.Bits == 32 ? typeof(MathF) : typeof(Math)).GetMethod("Sqrt")!);
                return true;
            default:
                return false;
        }
    }

    private bool TryScalarConversion(Instruction instruction, PtxType type, PtxType? from)
    {
        PtxOpcode opcode = instruction.Opcode;
        if (from is not { Class: TypeClass.Integer } || opcode.Operands.Count > 2 || opcode.Has("pack"))
        {
            return false;
        }

        if (type.Class == TypeClass.Float)
        {
            if (opcode.Modifier("R") != "rn" || from.Bits == 64 || type.Bits == 16)
            {
                return false;
            }

            PushSource(instruction, 1);
            if (!from.IsSigned)
            {
                _il.Emit(OpCodes.Conv_U8);
            }

            _il.Emit(type.Bits == 32 ? OpCodes.Conv_R4 : OpCodes.Conv_R8);
            return true;
        }

        if (type.Class != TypeClass.Integer)
        {
            return false;
        }

        PushSource(instruction, 1);
        if (type.Bits == 64)
        {
            if (from.Bits < 64)
            {
                _il.Emit(from.IsSigned ? OpCodes.Conv_I8 : OpCodes.Conv_U8);
            }

            return true;
        }

        _il.Emit((type.Bits, type.IsSigned) switch
        {
            (8, true) => OpCodes.Conv_I1,
            (8, false) => OpCodes.Conv_U1,
            (16, true) => OpCodes.Conv_I2,
            (16, false) => OpCodes.Conv_U2,
            _ => OpCodes.Conv_I4,
        });
        return true;
    }

    /// <summary>Generic addresses are addresses of the process; the others count from their space's start.</summary>
    private void EmitAddressConversion(Instruction instruction)
    {
        PtxOpcode opcode = instruction.Opcode;
        PtxType type = opcode.Type!;
        Operand source = instruction.Operands[1];
        bool isParameter = source is AddressOfOperand { Variable.Space: StateSpace.Param };
        PushScalar(source, type);
        if (type.Bits != 64)
        {
            throw new CpuKernelException("32-bit generic addresses are not possible here");
        }

        if (BaseOf(opcode.Space) is not { } field || isParameter)
        {
            return;
        }

        PushBase(field);
        _il.Emit(OpCodes.Conv_U8);
        _il.Emit(opcode.Has("to") ? OpCodes.Sub : OpCodes.Add);
    }

    /// <summary>What lies in no window of the kernel's own is global.</summary>
    private void EmitScalarWindow(Instruction instruction)
    {
        StateSpace space = instruction.Opcode.Space;
        if (BaseOf(space == StateSpace.Global ? StateSpace.Shared : space) is not { } field)
        {
            _il.Emit(OpCodes.Ldc_I4_0);
            return;
        }

        PushScalar(instruction.Operands[1], PtxType.U64);
        PushBase(field);
        _il.Emit(OpCodes.Conv_U8);
        _il.Emit(OpCodes.Sub);
        PushWindowSize(space == StateSpace.Global ? StateSpace.Shared : space);
        _il.Emit(OpCodes.Clt_Un);
        if (space == StateSpace.Global)
        {
            _il.Emit(OpCodes.Ldc_I4_0);
            _il.Emit(OpCodes.Ceq);
        }
    }

    private static string? BaseOf(StateSpace space) => space switch
    {
        StateSpace.Shared => nameof(WarpContext.Shared),
        StateSpace.Local => nameof(WarpContext.Local),
        StateSpace.Const => nameof(WarpContext.Constants),
        _ => null,
    };
}

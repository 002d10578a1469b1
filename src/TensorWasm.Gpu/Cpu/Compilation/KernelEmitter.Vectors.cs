using System.Numerics;
using System.Reflection.Emit;
using System.Runtime.Intrinsics;
using TensorWasm.Gpu.Cpu.Execution;
using TensorWasm.Gpu.Cpu.Operations;
using TensorWasm.Ptx.Ir;
using TensorWasm.Ptx.Isa;

namespace TensorWasm.Gpu.Cpu.Compilation;

/// <summary>Vector forms of integer instructions. What has none is done thread by thread.</summary>
internal sealed partial class KernelEmitter
{
    /// <summary>How to push one vector of an instruction's result, or null.</summary>
    private Action<int>? VectorFormOf(Instruction instruction, bool isSecond)
    {
        PtxOpcode opcode = instruction.Opcode;
        PtxType type = opcode.Type ?? PtxType.B64;
        if (opcode.Mnemonic == "setp")
        {
            return ComparisonForm(instruction, type, isSecond);
        }

        if (opcode.Effect == Effect.Address || opcode.Mnemonic == "isspacep")
        {
            return AddressForm(instruction);
        }

        if (opcode.Effect != Effect.None || opcode.Has("sat") || opcode.Has("relu"))
        {
            return null;
        }

        return opcode.Mnemonic switch
        {
            "mov" => index => PushSourceVector(instruction, 1, index),
            "selp" => SelectionForm(instruction, type),
            "cvt" => ConversionForm(instruction, type, opcode.SourceType!),
            _ when type.Class is TypeClass.Integer or TypeClass.Bits or TypeClass.Predicate => IntegerForm(instruction, type),
            _ when type.Name is "f32" or "f64" => FloatForm(instruction, type),
            _ => HalfForm(instruction, type),
        };
    }

    private void PushSourceVector(Instruction instruction, int operand, int index) =>
        PushVector(instruction.Operands[operand], instruction.Opcode.Operands[operand].Type!, index);

    private static Type ElementOf(PtxType type) => (type.Class, type.Bits) switch
    {
        (TypeClass.Float, 32) => typeof(float),
        (TypeClass.Float, 64) => typeof(double),
        (_, 64) => type.IsSigned ? typeof(long) : typeof(ulong),
        _ => type.IsSigned ? typeof(int) : typeof(uint),
    };

    private void Vector(string name, Type element) => _il.Emit(OpCodes.Call, VectorMethods.Get(name, element));

    private void Helper(string name) => _il.Emit(OpCodes.Call, Helper(typeof(VectorHelpers), name));

    private Action<int> BinaryForm(Instruction instruction, string name, Type element) => index =>
    {
        PushSourceVector(instruction, 1, index);
        PushSourceVector(instruction, 2, index);
        Vector(name, element);
    };

    private Action<int>? IntegerForm(Instruction instruction, PtxType type)
    {
        PtxOpcode opcode = instruction.Opcode;
        Type element = ElementOf(type);
        if (type.Name.Contains('x', StringComparison.Ordinal))
        {
            return null;
        }

        switch (opcode.Mnemonic)
        {
            case "add":
                return BinaryForm(instruction, nameof(Vector256.Add), element);
            case "sub":
                return BinaryForm(instruction, nameof(Vector256.Subtract), element);
            case "and":
                return BinaryForm(instruction, nameof(Vector256.BitwiseAnd), typeof(int));
            case "or":
                return BinaryForm(instruction, nameof(Vector256.BitwiseOr), typeof(int));
            case "xor":
                return BinaryForm(instruction, nameof(Vector256.Xor), typeof(int));
            case "min":
                return BinaryForm(instruction, nameof(Vector256.Min), element);
            case "max":
                return BinaryForm(instruction, nameof(Vector256.Max), element);
            case "not":
                return index =>
                {
                    PushSourceVector(instruction, 1, index);
                    Vector(nameof(Vector256.OnesComplement), typeof(int));
                };
            case "neg":
                return index =>
                {
                    PushSourceVector(instruction, 1, index);
                    Vector(nameof(Vector256.Negate), element);
                };
            case "abs" when type.Bits >= 32:
                return index =>
                {
                    PushSourceVector(instruction, 1, index);
                    Vector(nameof(Vector256.Abs), element);
                };
            case "mul" or "mad":
                return ProductForm(instruction, type, element);
            case "shl" or "shr":
                return ShiftForm(instruction, type);
            case "lop3":
                return LogicForm(instruction);
            case "bfe" when type is { Bits: 32, IsSigned: false }
                && AffineRules.Constant(instruction.Operands[2]) is { } start and < 32
                && AffineRules.Constant(instruction.Operands[3]) is { } length and > 0 and < 32:
                return index =>
                {
                    PushSourceVector(instruction, 1, index);
                    _il.Emit(OpCodes.Ldc_I4, (int)start);
                    _il.Emit(OpCodes.Call, VectorMethods.Shift(nameof(Vector256.ShiftRightLogical), typeof(uint)));
                    _il.Emit(OpCodes.Ldc_I4, (int)((1u << (int)length) - 1));
                    _il.Emit(OpCodes.Call, VectorMethods.Create(typeof(int)));
                    Vector(nameof(Vector256.BitwiseAnd), typeof(int));
                };
            default:
                return null;
        }
    }

    private Action<int>? ProductForm(Instruction instruction, PtxType type, Type element)
    {
        PtxOpcode opcode = instruction.Opcode;
        bool adds = opcode.Mnemonic == "mad";
        Action<int>? product = null;
        if (opcode.Has("lo"))
        {
            product = BinaryForm(instruction, nameof(Vector256.Multiply), type.Bits == 64 ? typeof(long) : typeof(int));
        }
        else if (opcode.Has("hi") && type.Bits == 32)
        {
            product = index =>
            {
                PushSourceVector(instruction, 1, index);
                PushSourceVector(instruction, 2, index);
                Helper(type.IsSigned ? nameof(VectorHelpers.MultiplyHigh) : nameof(VectorHelpers.MultiplyHighUnsigned));
            };
        }
        else if (opcode.Has("wide") && type.Bits == 32
            && AffineRules.Constant(instruction.Operands[2]) is { } factor and > 0 and < 1u << 31 && ulong.IsPow2(factor))
        {
            // What indexes are multiplied by.
            product = index =>
            {
                PushVector(instruction.Operands[1], type, index / 2);
                WidenHalf(index, type.IsSigned);
                _il.Emit(OpCodes.Ldc_I4, BitOperations.Log2(factor));
                _il.Emit(OpCodes.Call, VectorMethods.Shift(nameof(Vector256.ShiftLeft), typeof(ulong)));
            };
        }
        else if (opcode.Has("wide") && type.Bits == 32)
        {
            product = index =>
            {
                PushVector(instruction.Operands[1], type, index / 2);
                WidenHalf(index, type.IsSigned);
                PushVector(instruction.Operands[2], type, index / 2);
                WidenHalf(index, type.IsSigned);
                Helper(type.IsSigned ? nameof(VectorHelpers.MultiplyWide) : nameof(VectorHelpers.MultiplyWideUnsigned));
            };
        }
        else if (opcode.Has("wide"))
        {
            product = BinaryForm(instruction, nameof(Vector256.Multiply), typeof(int));
        }

        if (product is null || !adds)
        {
            return product;
        }

        bool isLong = opcode.Operands[0].Type!.Bits == 64;
        return index =>
        {
            product(index);
            PushSourceVector(instruction, 3, index);
            Vector(nameof(Vector256.Add), isLong ? typeof(long) : typeof(int));
        };
    }

    private Action<int>? ShiftForm(Instruction instruction, PtxType type)
    {
        bool isLeft = instruction.Opcode.Mnemonic == "shl";
        bool isSigned = type.IsSigned && !isLeft;
        if (AffineRules.Constant(instruction.Operands[2]) is { } constant)
        {
            int limit = Math.Max(type.Bits, 32);
            if (constant >= (ulong)limit && !isSigned)
            {
                return index =>
                {
                    _il.Emit(OpCodes.Ldc_I4_0);
                    _il.Emit(OpCodes.Call, VectorMethods.Create(typeof(int)));
                };
            }

            int count = (int)Math.Min(constant, (ulong)limit - 1);
            string name = isLeft ? nameof(Vector256.ShiftLeft)
                : isSigned ? nameof(Vector256.ShiftRightArithmetic)
                : nameof(Vector256.ShiftRightLogical);
            Type element = type.Bits == 64
                ? isSigned ? typeof(long) : typeof(ulong)
                : isSigned ? typeof(int) : typeof(uint);
            return index =>
            {
                PushSourceVector(instruction, 1, index);
                _il.Emit(OpCodes.Ldc_I4, count);
                _il.Emit(OpCodes.Call, VectorMethods.Shift(name, element));
            };
        }

        if (type.Bits == 64)
        {
            return null;
        }

        return index =>
        {
            PushSourceVector(instruction, 1, index);
            PushSourceVector(instruction, 2, index);
            Helper(isLeft ? nameof(VectorHelpers.ShiftLeft)
                : isSigned ? nameof(VectorHelpers.ShiftRightSigned)
                : nameof(VectorHelpers.ShiftRight));
        };
    }

    /// <summary>The three-way functions that compilers write most; others go thread by thread.</summary>
    private Action<int>? LogicForm(Instruction instruction)
    {
        byte table = (byte)((ImmediateOperand)instruction.Operands[4]).Bits;
        const byte A = 0xF0, B = 0xCC, C = 0xAA;
        (string First, string Second)? form = table switch
        {
            (A & B) & C => (nameof(Vector256.BitwiseAnd), nameof(Vector256.BitwiseAnd)),
            (A & B) | C => (nameof(Vector256.BitwiseAnd), nameof(Vector256.BitwiseOr)),
            (A & B) ^ C => (nameof(Vector256.BitwiseAnd), nameof(Vector256.Xor)),
            (A | B) & C => (nameof(Vector256.BitwiseOr), nameof(Vector256.BitwiseAnd)),
            (A | B) | C => (nameof(Vector256.BitwiseOr), nameof(Vector256.BitwiseOr)),
            (A ^ B) & C => (nameof(Vector256.Xor), nameof(Vector256.BitwiseAnd)),
            (A ^ B) ^ C => (nameof(Vector256.Xor), nameof(Vector256.Xor)),
            _ => null,
        };
        if (form is not { } names)
        {
            return null;
        }

        return index =>
        {
            PushSourceVector(instruction, 1, index);
            PushSourceVector(instruction, 2, index);
            Vector(names.First, typeof(int));
            PushSourceVector(instruction, 3, index);
            Vector(names.Second, typeof(int));
        };
    }

    private Action<int>? AddressForm(Instruction instruction)
    {
        PtxOpcode opcode = instruction.Opcode;
        if (opcode.Mnemonic != "cvta" || opcode.Type!.Bits != 64)
        {
            return opcode.Mnemonic == "isspacep" ? WindowForm(instruction) : null;
        }

        string? field = BaseOf(opcode.Space);
        return index =>
        {
            PushSourceVector(instruction, 1, index);
            if (field is null)
            {
                return;
            }

            PushBase(field);
            _il.Emit(OpCodes.Conv_U8);
            Spread(typeof(long), opcode.Space == StateSpace.Local ? _layout.LocalStride : 0, index);
            Vector(opcode.Has("to") ? nameof(Vector256.Subtract) : nameof(Vector256.Add), typeof(long));
        };
    }

    /// <summary>Whether generic addresses lie in a window: below its size, counted from its start.</summary>
    private Action<int>? WindowForm(Instruction instruction)
    {
        StateSpace space = instruction.Opcode.Space;
        bool isGlobal = space == StateSpace.Global;
        space = isGlobal ? StateSpace.Shared : space;
        if (BaseOf(space) is not { } field)
        {
            return index =>
            {
                _il.Emit(OpCodes.Ldc_I4_0);
                _il.Emit(OpCodes.Call, VectorMethods.Create(typeof(int)));
            };
        }

        void PushHalf(int index)
        {
            PushVector(instruction.Operands[1], PtxType.U64, index);
            PushBase(field);
            _il.Emit(OpCodes.Conv_U8);
            Spread(typeof(long), space == StateSpace.Local ? _layout.LocalStride : 0, index);
            Vector(nameof(Vector256.Subtract), typeof(long));
            PushWindowSize(space);
            _il.Emit(OpCodes.Call, VectorMethods.Create(typeof(long)));
            Vector(nameof(Vector256.LessThan), typeof(ulong));
        }

        return index =>
        {
            PushHalf(index * 2);
            PushHalf((index * 2) + 1);
            Helper(nameof(VectorHelpers.Narrow));
            if (isGlobal)
            {
                Vector(nameof(Vector256.OnesComplement), typeof(int));
            }
        };
    }

    private void PushWindowSize(StateSpace space)
    {
        switch (space)
        {
            case StateSpace.Shared:
                LoadContext(nameof(WarpContext.TotalShared));
                _il.Emit(OpCodes.Conv_U8);
                break;
            case StateSpace.Local:
                _il.Emit(OpCodes.Ldc_I8, _layout.LocalStride);
                break;
            default:
                _il.Emit(OpCodes.Ldc_I8, _layout.ConstantBytes);
                break;
        }
    }

    private Action<int> SelectionForm(Instruction instruction, PtxType type) => index =>
    {
        PushVector(instruction.Operands[3], PtxType.Pred, type.Bits == 64 ? index / 2 : index);
        if (type.Bits == 64)
        {
            WidenHalf(index, isSigned: true);
        }

        PushSourceVector(instruction, 1, index);
        PushSourceVector(instruction, 2, index);
        Vector(nameof(Vector256.ConditionalSelect), typeof(int));
    };

    private Action<int>? ComparisonForm(Instruction instruction, PtxType type, bool isSecond)
    {
        PtxOpcode opcode = instruction.Opcode;
        string comparison = opcode.Modifier("C")!;
        bool isFloat = type.Name is "f32" or "f64";
        if (opcode.Has("ftz") || (!isFloat && type.Class is not (TypeClass.Integer or TypeClass.Bits)))
        {
            return null;
        }

        return index =>
        {
            if (type.Bits == 64)
            {
                PushComparison(instruction, comparison, type, isFloat, index * 2);
                PushComparison(instruction, comparison, type, isFloat, (index * 2) + 1);
                Helper(nameof(VectorHelpers.Narrow));
            }
            else
            {
                PushComparison(instruction, comparison, type, isFloat, index);
            }

            if (isSecond)
            {
                Vector(nameof(Vector256.OnesComplement), typeof(int));
            }

            if (opcode.Modifier("L") is { } logic)
            {
                PushSourceVector(instruction, 3, index);
                Vector(
                    logic switch
                    {
                        "and" => nameof(Vector256.BitwiseAnd),
                        "or" => nameof(Vector256.BitwiseOr),
                        _ => nameof(Vector256.Xor),
                    },
                    typeof(int));
            }
        };
    }

    private void PushComparison(Instruction instruction, string comparison, PtxType type, bool isFloat, int index)
    {
        Type element = ElementOf(type);
        if (!isFloat && comparison is "lo" or "ls" or "hi" or "hs")
        {
            element = type.Bits == 64 ? typeof(ulong) : typeof(uint);
        }

        (string name, bool negate) = comparison switch
        {
            "eq" => (nameof(Vector256.Equals), false),
            "ne" when !isFloat => (nameof(Vector256.Equals), true),
            "neu" => (nameof(Vector256.Equals), true),
            "lt" or "lo" => (nameof(Vector256.LessThan), false),
            "le" or "ls" => (nameof(Vector256.LessThanOrEqual), false),
            "gt" or "hi" => (nameof(Vector256.GreaterThan), false),
            "ge" or "hs" => (nameof(Vector256.GreaterThanOrEqual), false),
            "ltu" => (nameof(Vector256.GreaterThanOrEqual), true),
            "leu" => (nameof(Vector256.GreaterThan), true),
            "gtu" => (nameof(Vector256.LessThanOrEqual), true),
            "geu" => (nameof(Vector256.LessThan), true),
            _ => ("", false),
        };
        if (name.Length == 0)
        {
            PushOrdered(instruction, comparison, element, index);
            return;
        }

        PushSourceVector(instruction, 1, index);
        PushSourceVector(instruction, 2, index);
        Vector(name, element);
        if (negate)
        {
            Vector(nameof(Vector256.OnesComplement), typeof(int));
        }
    }

    /// <summary>ne, equ, num and nan, of two comparisons each.</summary>
    private void PushOrdered(Instruction instruction, string comparison, Type element, int index)
    {
        bool isOrder = comparison is "num" or "nan";
        PushSourceVector(instruction, 1, index);
        PushSourceVector(instruction, isOrder ? 1 : 2, index);
        Vector(isOrder ? nameof(Vector256.Equals) : nameof(Vector256.LessThan), element);
        PushSourceVector(instruction, isOrder ? 2 : 1, index);
        PushSourceVector(instruction, 2, index);
        Vector(isOrder ? nameof(Vector256.Equals) : nameof(Vector256.GreaterThan), element);
        Vector(isOrder ? nameof(Vector256.BitwiseAnd) : nameof(Vector256.BitwiseOr), typeof(int));
        if (comparison is "equ" or "nan")
        {
            Vector(nameof(Vector256.OnesComplement), typeof(int));
        }
    }
}

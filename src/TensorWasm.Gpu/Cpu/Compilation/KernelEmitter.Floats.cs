using System.Reflection.Emit;
using System.Runtime.Intrinsics;
using TensorWasm.Gpu.Cpu.Operations;
using TensorWasm.Ptx.Ir;
using TensorWasm.Ptx.Isa;

namespace TensorWasm.Gpu.Cpu.Compilation;

/// <summary>Vector forms of floating-point instructions and conversions.</summary>
internal sealed partial class KernelEmitter
{
    private Action<int>? FloatForm(Instruction instruction, PtxType type)
    {
        PtxOpcode opcode = instruction.Opcode;
        if (opcode.Modifier("R") is not (null or "rn") || opcode.Has("NaN") || opcode.Has("xorsign"))
        {
            return null;
        }

        bool flushes = opcode.Has("ftz");
        Type element = ElementOf(type);
        Action? operation = opcode.Mnemonic switch
        {
            "add" => () => Vector(nameof(Vector256.Add), element),
            "sub" => () => Vector(nameof(Vector256.Subtract), element),
            "mul" => () => Vector(nameof(Vector256.Multiply), element),
            "div" => () => Vector(nameof(Vector256.Divide), element),
            "fma" or "mad" => () => _il.Emit(OpCodes.Call, VectorMethods.FusedMultiplyAdd(element)),
            "min" => () => Vector(nameof(Vector256.MinNumber), element),
            "max" => () => Vector(nameof(Vector256.MaxNumber), element),
            "neg" => () => Vector(nameof(Vector256.Negate), element),
            "abs" => () => Vector(nameof(Vector256.Abs), element),
            "sqrt" => () => Vector(nameof(Vector256.Sqrt), element),
            "rcp" when type.Bits == 32 => () => Approximate(nameof(VectorMath.Reciprocal)),
            "rsqrt" when type.Bits == 32 => () => Approximate(nameof(VectorMath.ReciprocalSquareRoot)),
            "ex2" => () => Approximate(nameof(VectorMath.Exp2)),
            "lg2" => () => Approximate(nameof(VectorMath.Log2)),
            "sin" => () => Approximate(nameof(VectorMath.Sin)),
            "cos" => () => Approximate(nameof(VectorMath.Cos)),
            "tanh" => () => Approximate(nameof(VectorMath.Tanh)),
            _ => null,
        };
        if (operation is null)
        {
            return null;
        }

        int sources = instruction.Operands.Count - 1;
        return index =>
        {
            for (int i = 1; i <= sources; i++)
            {
                PushSourceVector(instruction, i, index);
                if (flushes)
                {
                    Approximate(nameof(VectorMath.Flush));
                }
            }

            operation();
            if (flushes)
            {
                Approximate(nameof(VectorMath.Flush));
            }
        };
    }

    private void Approximate(string name) => _il.Emit(OpCodes.Call, Helper(typeof(VectorMath), name));

    /// <summary>Half precision: the common operations, in single precision and rounded once more where that is exact.</summary>
    private Action<int>? HalfForm(Instruction instruction, PtxType type)
    {
        PtxOpcode opcode = instruction.Opcode;
        if (opcode.Modifier("R") is not (null or "rn") || opcode.Has("ftz") || opcode.Has("NaN") || opcode.Has("xorsign"))
        {
            return null;
        }

        string? name = (opcode.Mnemonic, type.Name) switch
        {
            ("add", "f16x2") => nameof(HalfVectors.AddPairs),
            ("sub", "f16x2") => nameof(HalfVectors.SubtractPairs),
            ("mul", "f16x2") => nameof(HalfVectors.MultiplyPairs),
            _ => null,
        };
        if (name is null)
        {
            return null;
        }

        return index =>
        {
            PushSourceVector(instruction, 1, index);
            PushSourceVector(instruction, 2, index);
            _il.Emit(OpCodes.Call, Helper(typeof(HalfVectors), name));
        };
    }

    private Action<int>? ConversionForm(Instruction instruction, PtxType type, PtxType from)
    {
        PtxOpcode opcode = instruction.Opcode;
        if (opcode.Operands.Count != 2 || opcode.Has("satfinite") || opcode.Has("pack"))
        {
            return opcode is { Operands.Count: 3 } && !opcode.Has("satfinite") && opcode.Modifier("R") == "rn"
                ? PairConversionForm(instruction, type)
                : null;
        }

        if (type.Class == TypeClass.Integer && from.Class == TypeClass.Integer)
        {
            return IntegerConversionForm(instruction, type, from);
        }

        if (opcode.Has("ftz"))
        {
            return null;
        }

        string? rounding = opcode.Modifier("R");
        return (type.Name, from.Name, rounding) switch
        {
            ("f32", "s32", "rn") => Converted(instruction, from, () => _il.Emit(
                OpCodes.Call, VectorMethods.Typed(nameof(Vector256.ConvertToSingle), typeof(int)))),
            ("f32", "u32", "rn") => Converted(instruction, from, () => _il.Emit(
                OpCodes.Call, VectorMethods.Typed(nameof(Vector256.ConvertToSingle), typeof(uint)))),
            ("f32", "s8" or "s16" or "u8" or "u16", "rn") => Converted(instruction, from, () => _il.Emit(
                OpCodes.Call, VectorMethods.Typed(nameof(Vector256.ConvertToSingle), typeof(int)))),
            ("s32" or "u32", "f32", "rzi" or "rni" or "rmi" or "rpi") => Converted(instruction, from, () =>
            {
                Round(rounding!);
                Approximate(type.IsSigned ? nameof(VectorMath.ToInt32) : nameof(VectorMath.ToUInt32));
            }),
            ("f32", "f32", "rzi" or "rni" or "rmi" or "rpi") => Converted(instruction, from, () => Round(rounding!)),
            ("f32", "f32", null) => Converted(instruction, from, () => { }),
            ("f32", "f16", null) => Converted(instruction, from, () => Half(nameof(HalfVectors.ToSingle))),
            ("f32", "bf16", null) => Converted(instruction, from, () => Half(nameof(HalfVectors.FromBrain))),
            ("f16", "f32", "rn") => Converted(instruction, from, () => Half(nameof(HalfVectors.FromSingle))),
            ("bf16", "f32", "rn") => Converted(instruction, from, () => Half(nameof(HalfVectors.ToBrain))),
            ("f64", "f32", null) => index =>
            {
                PushVector(instruction.Operands[1], from, index / 2);
                _il.Emit(OpCodes.Call, VectorMethods.Typed(
                    (index & 1) == 0 ? nameof(Vector256.WidenLower) : nameof(Vector256.WidenUpper), typeof(float)));
            }
            ,
            ("f32", "f64", "rn") => index =>
            {
                PushVector(instruction.Operands[1], from, index * 2);
                PushVector(instruction.Operands[1], from, (index * 2) + 1);
                _il.Emit(OpCodes.Call, VectorMethods.Typed(nameof(Vector256.Narrow), typeof(double), typeof(double)));
            }
            ,
            _ => null,
        };
    }

    private Action<int> Converted(Instruction instruction, PtxType from, Action operation) => index =>
    {
        PushVector(instruction.Operands[1], from, index);
        operation();
    };

    private void Half(string name) => _il.Emit(OpCodes.Call, Helper(typeof(HalfVectors), name));

    private void Round(string rounding) => _il.Emit(OpCodes.Call, VectorMethods.Typed(
        rounding switch
        {
            "rzi" => nameof(Vector256.Truncate),
            "rmi" => nameof(Vector256.Floor),
            "rpi" => nameof(Vector256.Ceiling),
            _ => nameof(Vector256.Round),
        },
        typeof(float)));

    private Action<int>? PairConversionForm(Instruction instruction, PtxType type)
    {
        string? name = type.Name switch
        {
            "f16x2" => nameof(HalfVectors.PackHalves),
            "bf16x2" => nameof(HalfVectors.PackBrains),
            _ => null,
        };
        if (name is null || instruction.Opcode.Has("relu"))
        {
            return null;
        }

        return index =>
        {
            PushVector(instruction.Operands[1], PtxType.Find("f32")!, index);
            PushVector(instruction.Operands[2], PtxType.Find("f32")!, index);
            Half(name);
        };
    }

    private Action<int> IntegerConversionForm(Instruction instruction, PtxType type, PtxType from)
    {
        if (type.Bits == 64)
        {
            return index =>
            {
                if (from.Bits == 64)
                {
                    PushVector(instruction.Operands[1], from, index);
                    return;
                }

                PushVector(instruction.Operands[1], from, index / 2);
                WidenHalf(index, from.IsSigned);
            };
        }

        return index =>
        {
            // Reading as the narrower of the two truncates and extends at once.
            PtxType read = from.Bits <= type.Bits ? from : type.Bits == 32 ? PtxType.B32 : type;
            PushVector(instruction.Operands[1], read, index);
            if (from.Bits == type.Bits && type.Bits < 32 && from.IsSigned != type.IsSigned)
            {
                ExtendLanes(type);
            }
            else if (from.IsSigned && from.Bits < type.Bits && type is { Bits: 16, IsSigned: false })
            {
                ExtendLanes(type);
            }
        };
    }

    /// <summary>Moves that put a value together of parts, or take it apart.</summary>
    private void EmitPack(Instruction instruction)
    {
        PtxType whole = instruction.Opcode.Type!;
        if (instruction.Operands[0] is VectorOperand parts)
        {
            Unpack(instruction, whole, parts);
        }
        else
        {
            Pack(instruction, whole, (VectorOperand)instruction.Operands[1]);
        }
    }

    private void Unpack(Instruction instruction, PtxType whole, VectorOperand parts)
    {
        int bits = whole.Bits / parts.Elements.Count;
        PtxType part = PtxType.Find($"b{bits}")!;
        Operand source = instruction.Operands[1];
        bool isUniform = _shapes.Of(source).IsUniform && whole.Bits <= 64;
        if (whole.Bits == 128)
        {
            ToScratchWide(source);
        }
        else if (isUniform)
        {
            PushScalar(source, whole.Bits == 64 ? PtxType.B64 : PtxType.B32);
        }
        else
        {
            ToScratch(source, whole.Bits == 64 ? PtxType.B64 : PtxType.B32, 0);
        }

        // The source may be one of the parts, so it is kept aside.
        LocalBuilder? kept = isUniform ? _pool.Rent(whole.Bits == 64 ? typeof(long) : typeof(int)) : null;
        if (kept is not null)
        {
            _il.Emit(OpCodes.Stloc, kept);
        }

        for (int i = 0; i < parts.Elements.Count; i++)
        {
            int shift = i * bits;
            if (parts.Elements[i] is not RegisterOperand)
            {
                continue;
            }

            if (kept is not null)
            {
                _il.Emit(OpCodes.Ldloc, kept);
                _il.Emit(OpCodes.Ldc_I4, shift);
                _il.Emit(OpCodes.Shr_Un);
                ConvertScalar(kept.LocalType, part);
                WriteScalar(parts.Elements[i], part);
            }
            else
            {
                WriteVectors(parts.Elements[i], part, index => PushPart(whole.Bits, bits, shift, index));
            }
        }

        if (kept is not null)
        {
            _pool.Return(kept);
        }
    }

    private void PushPart(int whole, int bits, int shift, int index)
    {
        int slot = shift / 64;
        int rest = shift % 64;
        if (bits == 64)
        {
            LoadScratch(slot, index);
            return;
        }

        if (whole == 32)
        {
            LoadScratch(0, index);
            _il.Emit(OpCodes.Ldc_I4, rest);
            _il.Emit(OpCodes.Call, VectorMethods.Shift(nameof(Vector256.ShiftRightLogical), typeof(uint)));
        }
        else
        {
            for (int half = 0; half < 2; half++)
            {
                LoadScratch(slot, (index * 2) + half);
                if (rest != 0)
                {
                    _il.Emit(OpCodes.Ldc_I4, rest);
                    _il.Emit(OpCodes.Call, VectorMethods.Shift(nameof(Vector256.ShiftRightLogical), typeof(ulong)));
                }
            }

            Helper(nameof(VectorHelpers.Narrow));
        }

        if (bits < 32)
        {
            ExtendLanes(PtxType.Find($"u{bits}")!);
        }
    }

    private void ToScratchWide(Operand source)
    {
        Cell cell = CellOf(((RegisterOperand)source).Register);
        for (int i = 0; i < cell.Locals.Length; i++)
        {
            PushCell(cell, i);
            PushScratch(i / (_vectors * 2));
            _il.Emit(OpCodes.Ldc_I4, i % (_vectors * 2) * 32);
            _il.Emit(OpCodes.Add);
            _il.Emit(OpCodes.Call, VectorMethods.Store(typeof(int)));
        }
    }

    private void Pack(Instruction instruction, PtxType whole, VectorOperand parts)
    {
        if (instruction.Operands[0] is not RegisterOperand target)
        {
            return;
        }

        int count = parts.Elements.Count;
        int bits = whole.Bits / count;
        PtxType part = PtxType.Find($"u{bits}") ?? PtxType.B64;
        Cell cell = CellOf(target.Register);
        if (!cell.Shape.IsVector)
        {
            for (int i = 0; i < count; i++)
            {
                PushScalar(parts.Elements[i], part);
                if (whole.Bits == 64)
                {
                    _il.Emit(OpCodes.Conv_U8);
                }

                _il.Emit(OpCodes.Ldc_I4, i * bits);
                _il.Emit(OpCodes.Shl);
                if (i > 0)
                {
                    _il.Emit(OpCodes.Or);
                }
            }

            WriteScalar(cell, whole);
            return;
        }

        // Parts go through scratch memory, for the result may overwrite one.
        int words = whole.Bits > 64 ? 2 : 1;
        PtxType chunk = whole.Bits == 32 ? PtxType.B32 : PtxType.B64;
        int perWord = count / words;
        for (int word = 0; word < words; word++)
        {
            for (int index = 0; index < CountOf(chunk); index++)
            {
                for (int i = 0; i < perWord; i++)
                {
                    Operand element = parts.Elements[(word * perWord) + i];
                    if (bits == 64 || chunk.Bits == 32)
                    {
                        PushVector(element, part, index);
                    }
                    else
                    {
                        PushVector(element, part, index / 2);
                        WidenHalf(index, isSigned: false);
                    }

                    if (i > 0)
                    {
                        _il.Emit(OpCodes.Ldc_I4, i * bits);
                        _il.Emit(OpCodes.Call, VectorMethods.Shift(
                            nameof(Vector256.ShiftLeft), chunk.Bits == 64 ? typeof(ulong) : typeof(uint)));
                        Vector(nameof(Vector256.BitwiseOr), typeof(int));
                    }
                }

                PushScratch(word);
                _il.Emit(OpCodes.Ldc_I4, index * 32);
                _il.Emit(OpCodes.Add);
                _il.Emit(OpCodes.Call, VectorMethods.Store(typeof(int)));
            }
        }

        int stride = CountOf(chunk);
        WriteVectors(cell, whole, index => LoadScratch(index / stride, index % stride));
    }
}

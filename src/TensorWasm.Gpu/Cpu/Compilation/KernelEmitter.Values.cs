using System.Reflection.Emit;
using System.Runtime.Intrinsics;
using TensorWasm.Gpu.Cpu.Execution;
using TensorWasm.Gpu.Cpu.Operations;
using TensorWasm.Ptx.Ir;
using TensorWasm.Ptx.Isa;
using TensorWasm.Ptx.Syntax;

namespace TensorWasm.Gpu.Cpu.Compilation;

/// <summary>Operands on the CIL stack, as scalars or as vectors, and results back to registers.</summary>
internal sealed partial class KernelEmitter
{
    private readonly Dictionary<string, LocalBuilder> _bases = [];
    private LocalBuilder[]? _maskVectors;

    /// <summary>Vectors that hold one value of a type for each thread of the warp.</summary>
    private int CountOf(PtxType type) => CountOf(type.Bits);

    private int CountOf(int bits) => bits == 128 ? _vectors * 4 : bits == 64 ? _vectors * 2 : _vectors;

    private void LoadContext(string field)
    {
        _il.Emit(OpCodes.Ldarg_1);
        _il.Emit(OpCodes.Ldc_I4, ContextField.OffsetOf(field));
        _il.Emit(OpCodes.Add);
        Type type = typeof(WarpContext).GetField(
            field, System.Reflection.BindingFlags.Instance | System.Reflection.BindingFlags.NonPublic)!.FieldType;
        _il.Emit(
            type.IsPointer ? OpCodes.Ldind_I
            : type == typeof(uint) || type == typeof(int) ? OpCodes.Ldind_I4
            : OpCodes.Ldind_I8);
    }

    /// <summary>A pointer of the context that never changes while a method runs.</summary>
    private void PushBase(string field)
    {
        if (!_bases.TryGetValue(field, out LocalBuilder? local))
        {
            local = _il.DeclareLocal(typeof(nint));
            _bases.Add(field, local);
        }

        _il.Emit(OpCodes.Ldloc, local);
    }

    private void PushScratch(int slot)
    {
        PushBase(nameof(WarpContext.Scratch));
        if (slot != 0)
        {
            _il.Emit(OpCodes.Ldc_I4, slot * WarpContext.SlotBytes);
            _il.Emit(OpCodes.Add);
        }
    }

    /// <summary>Pushes an operand that is the same for all threads, or an affine one's first value.</summary>
    private void PushScalar(Operand operand, PtxType type)
    {
        switch (operand)
        {
            case ImmediateOperand constant:
                PushConstant(constant, type);
                break;
            case RegisterOperand register when register.Register.Type == PtxType.Pred:
                PushBool(register.Register);
                if (register.IsNegated)
                {
                    _il.Emit(OpCodes.Ldc_I4_0);
                    _il.Emit(OpCodes.Ceq);
                }

                break;
            case RegisterOperand register:
                Cell cell = CellOf(register.Register);
                _il.Emit(OpCodes.Ldloc, cell.Scalar);
                ConvertScalar(cell.Scalar.LocalType, type);
                break;
            case SpecialOperand special:
                PushSpecial(special.Register, type);
                break;
            case AddressOfOperand address:
                _il.Emit(OpCodes.Ldc_I8, _layout.OffsetOf(address.Variable) + address.Offset);
                if (address.Variable.Space == StateSpace.Param)
                {
                    LoadContext(nameof(WarpContext.Parameters));
                    _il.Emit(OpCodes.Conv_U8);
                    _il.Emit(OpCodes.Add);
                }

                ConvertScalar(typeof(long), type);
                break;
            default:
                throw new CpuKernelException($"the operand {operand} has no scalar value");
        }
    }

    private void PushBool(Register register) => _il.Emit(OpCodes.Ldloc, CellOf(register).Scalar);

    private void PushConstant(ImmediateOperand constant, PtxType type)
    {
        ulong bits = Constant(constant, type);
        if (type.Name == "f32")
        {
            _il.Emit(OpCodes.Ldc_R4, BitConverter.UInt32BitsToSingle((uint)bits));
        }
        else if (type.Name == "f64")
        {
            _il.Emit(OpCodes.Ldc_R8, BitConverter.UInt64BitsToDouble(bits));
        }
        else if (type.Bits == 64)
        {
            _il.Emit(OpCodes.Ldc_I8, (long)bits);
        }
        else
        {
            _il.Emit(OpCodes.Ldc_I4, (int)bits);
        }
    }

    /// <summary>A constant's bits in an instruction's type, sign-extended where the type is signed.</summary>
    private static ulong Constant(ImmediateOperand constant, PtxType type)
    {
        if (!constant.IsInteger)
        {
            double value = constant.Kind == ImmediateKind.Single
                ? BitConverter.UInt32BitsToSingle((uint)constant.Bits)
                : BitConverter.UInt64BitsToDouble(constant.Bits);
            return type.Class == TypeClass.Float
                ? type.Bits == 32
                    ? constant.Kind == ImmediateKind.Single ? (uint)constant.Bits : BitConverter.SingleToUInt32Bits((float)value)
                    : BitConverter.DoubleToUInt64Bits(value)
                : constant.Bits;
        }

        return type.Bits switch
        {
            1 => constant.Bits != 0 ? 1UL : 0,
            8 => type.IsSigned ? (uint)(sbyte)constant.Bits : (byte)constant.Bits,
            16 => type.IsSigned ? (uint)(short)constant.Bits : (ushort)constant.Bits,
            32 => (uint)constant.Bits,
            _ => constant.Bits,
        };
    }

    /// <summary>From the type of a register's local to the CIL type in which an instruction computes.</summary>
    private void ConvertScalar(Type from, PtxType type)
    {
        if (type.Name == "f32")
        {
            if (from != typeof(float))
            {
                Truncate(from);
                _il.Emit(OpCodes.Call, ((Func<int, float>)BitConverter.Int32BitsToSingle).Method);
            }

            return;
        }

        if (type.Name == "f64")
        {
            if (from != typeof(double))
            {
                _il.Emit(OpCodes.Call, ((Func<long, double>)BitConverter.Int64BitsToDouble).Method);
            }

            return;
        }

        if (from == typeof(float))
        {
            _il.Emit(OpCodes.Call, ((Func<float, int>)BitConverter.SingleToInt32Bits).Method);
            from = typeof(int);
        }
        else if (from == typeof(double))
        {
            _il.Emit(OpCodes.Call, ((Func<double, long>)BitConverter.DoubleToInt64Bits).Method);
            from = typeof(long);
        }

        if (type.Bits == 64)
        {
            if (from == typeof(int))
            {
                _il.Emit(OpCodes.Conv_U8);
            }

            return;
        }

        Truncate(from);
        if (type.Bits is 8 or 16)
        {
            _il.Emit((type.Bits, type.IsSigned) switch
            {
                (8, true) => OpCodes.Conv_I1,
                (8, false) => OpCodes.Conv_U1,
                (16, true) => OpCodes.Conv_I2,
                _ => OpCodes.Conv_U2,
            });
        }
    }

    private void Truncate(Type from)
    {
        if (from == typeof(long))
        {
            _il.Emit(OpCodes.Conv_I4);
        }
    }

    /// <summary>Pushes one of an operand's vectors: eight lanes of up to 32 bits, or four of 64.</summary>
    private void PushVector(Operand operand, PtxType type, int index)
    {
        if (operand is not RegisterOperand { Register: { } register, IsNegated: var isNegated })
        {
            PushSpread(operand, type, index);
            return;
        }

        Cell cell = CellOf(register);
        if (type == PtxType.Pred)
        {
            PushCell(cell, index);
            if (isNegated)
            {
                _il.Emit(OpCodes.Call, VectorMethods.Get(nameof(Vector256.OnesComplement), typeof(int)));
            }

            return;
        }

        if (cell.Bits == 64 && type.Bits <= 32)
        {
            PushCell(cell, index * 2);
            PushCell(cell, (index * 2) + 1);
            _il.Emit(OpCodes.Call, Helper(typeof(VectorHelpers), nameof(VectorHelpers.Narrow)));
        }
        else if (cell.Bits <= 32 && type.Bits == 64)
        {
            PushCell(cell, index / 2);
            WidenHalf(index, isSigned: false);
        }
        else
        {
            PushCell(cell, index);
        }

        if (type.Bits is 8 or 16)
        {
            ExtendLanes(type);
        }
    }

    /// <summary>Sign- or zero-extends 8 or 16 bits in 32-bit lanes.</summary>
    private void ExtendLanes(PtxType type)
    {
        if (type.IsSigned)
        {
            _il.Emit(OpCodes.Ldc_I4, 32 - type.Bits);
            _il.Emit(OpCodes.Call, VectorMethods.Shift(nameof(Vector256.ShiftLeft), typeof(int)));
            _il.Emit(OpCodes.Ldc_I4, 32 - type.Bits);
            _il.Emit(OpCodes.Call, VectorMethods.Shift(nameof(Vector256.ShiftRightArithmetic), typeof(int)));
        }
        else
        {
            _il.Emit(OpCodes.Ldc_I4, (1 << type.Bits) - 1);
            _il.Emit(OpCodes.Call, VectorMethods.Create(typeof(int)));
            _il.Emit(OpCodes.Call, VectorMethods.Get(nameof(Vector256.BitwiseAnd), typeof(int)));
        }
    }

    /// <summary>Of eight 32-bit lanes the lower four or, for an odd index, the upper four, in 64 bits.</summary>
    private void WidenHalf(int index, bool isSigned) => _il.Emit(OpCodes.Call, VectorMethods.Typed(
        (index & 1) == 0 ? nameof(Vector256.WidenLower) : nameof(Vector256.WidenUpper),
        isSigned ? typeof(int) : typeof(uint)));

    private void PushCell(Cell cell, int index)
    {
        if (cell.Shape.IsVector)
        {
            _il.Emit(OpCodes.Ldloc, cell.Locals[index]);
            return;
        }

        _il.Emit(OpCodes.Ldloc, cell.Scalar);
        if (cell.Bits == 1)
        {
            _il.Emit(OpCodes.Neg);
            _il.Emit(OpCodes.Call, VectorMethods.Create(typeof(int)));
            return;
        }

        Spread(cell.Scalar.LocalType, cell.Shape.Stride, index);
    }

    private void PushSpread(Operand operand, PtxType type, int index)
    {
        if (operand is SpecialOperand { Register: var special } && _shapes.Of(operand).IsVector)
        {
            PushSpecialVector(special, index);
            return;
        }

        if (type == PtxType.Pred)
        {
            PushScalar(operand, type);
            _il.Emit(OpCodes.Neg);
            _il.Emit(OpCodes.Call, VectorMethods.Create(typeof(int)));
            return;
        }

        PushScalar(operand, type);
        Spread(ClrTypeOf(type), _shapes.Of(operand).Stride, index);
    }

    private static Type ClrTypeOf(PtxType type) => type.Name switch
    {
        "f32" => typeof(float),
        "f64" => typeof(double),
        _ => type.Bits == 64 ? typeof(long) : typeof(int),
    };

    /// <summary>From the first thread's value on the stack to a vector.</summary>
    private void Spread(Type type, long stride, int index)
    {
        _il.Emit(OpCodes.Call, VectorMethods.Create(type));
        if (stride == 0)
        {
            return;
        }

        bool isWide = type == typeof(long);
        if (isWide)
        {
            long first = stride * 4 * index;
            foreach (long value in new[] { first, first + stride, first + (2 * stride), first + (3 * stride) })
            {
                _il.Emit(OpCodes.Ldc_I8, value);
            }

            _il.Emit(OpCodes.Call, typeof(Vector256).GetMethod(
                nameof(Vector256.Create), [typeof(long), typeof(long), typeof(long), typeof(long)])!);
        }
        else
        {
            for (int lane = 0; lane < Lanes; lane++)
            {
                _il.Emit(OpCodes.Ldc_I4, unchecked((int)(stride * ((Lanes * index) + lane))));
            }

            _il.Emit(OpCodes.Call, typeof(Vector256).GetMethod(
                nameof(Vector256.Create), [.. Enumerable.Repeat(typeof(int), Lanes)])!);
        }

        _il.Emit(OpCodes.Call, VectorMethods.Get(nameof(Vector256.Add), isWide ? typeof(long) : typeof(int)));
    }

    /// <summary>Pushes a predicate as a bit for each thread.</summary>
    private void PushBits(Register register, bool isNegated)
    {
        Cell cell = CellOf(register);
        if (!cell.Shape.IsVector)
        {
            // 1 becomes all ones, 0 none.
            _il.Emit(OpCodes.Ldloc, cell.Scalar);
            _il.Emit(OpCodes.Neg);
        }
        else
        {
            for (int j = 0; j < _vectors; j++)
            {
                _il.Emit(OpCodes.Ldloc, cell.Locals[j]);
                AppendBits(j);
            }
        }

        if (isNegated)
        {
            _il.Emit(OpCodes.Not);
        }
    }

    /// <summary>Turns the vector on the stack to eight bits and adds them to those below it, if it is not the first.</summary>
    private void AppendBits(int index)
    {
        _il.Emit(OpCodes.Call, VectorMethods.Bits(typeof(int)));
        if (index > 0)
        {
            _il.Emit(OpCodes.Ldc_I4, index * Lanes);
            _il.Emit(OpCodes.Shl);
            _il.Emit(OpCodes.Or);
        }
    }

    /// <summary>Makes vectors of the mask of threads that run, once a block.</summary>
    private LocalBuilder[] MaskVectors()
    {
        if (_maskVectors is null)
        {
            _maskVectors = new LocalBuilder[_vectors];
            for (int j = 0; j < _vectors; j++)
            {
                _maskVectors[j] = Borrow(typeof(Vector256<int>));
                _il.Emit(OpCodes.Ldloc, _mask);
                _il.Emit(OpCodes.Ldc_I4, j * Lanes);
                _il.Emit(OpCodes.Call, Helper(typeof(VectorHelpers), nameof(VectorHelpers.Expand)));
                _il.Emit(OpCodes.Stloc, _maskVectors[j]);
            }
        }

        return _maskVectors;
    }

    /// <summary>A local that stays taken until the block's end.</summary>
    private LocalBuilder Borrow(Type type)
    {
        LocalBuilder local = _pool.Rent(type);
        _borrowed.Add(local);
        return local;
    }

}

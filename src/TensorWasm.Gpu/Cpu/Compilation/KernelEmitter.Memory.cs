using System.Reflection.Emit;
using TensorWasm.Gpu.Cpu.Execution;
using TensorWasm.Gpu.Cpu.Operations;
using TensorWasm.Ptx.Ir;
using TensorWasm.Ptx.Isa;
using Label = System.Reflection.Emit.Label;

namespace TensorWasm.Gpu.Cpu.Compilation;

/// <summary>Loads and stores: one for all threads, whole vectors where threads use neighbours, or thread by thread.</summary>
internal sealed partial class KernelEmitter
{
    /// <summary>Slots of scratch memory: addresses, then up to eight values.</summary>
    private const int AddressSlot = 8;
    private const int ValueSlot = 10;

    private void EmitLoad(Instruction instruction)
    {
        PtxOpcode opcode = instruction.Opcode;
        var memory = (MemoryOperand)instruction.Operands[1];
        PtxType type = opcode.Type!;
        Operand[] targets = ElementsOf(instruction.Operands[0]);
        Shape shape = _shapes.OfAddress(instruction, memory);
        bool isVolatile = opcode.Has("volatile") || opcode.Has("relaxed") || opcode.Has("acquire");
        if (shape.IsUniform && type.Bits <= 64)
        {
            EmitUniformLoad(instruction, memory, type, targets, isVolatile);
            return;
        }

        if (type.Bits == 128)
        {
            EmitLaneLoad(instruction, memory, type, targets, shape);
            return;
        }

        int bytes = type.Bytes * targets.Length;
        if (shape.IsScalar && shape.Stride == bytes && !isVolatile && IsRow(type, targets.Length))
        {
            EmitRowLoad(instruction, memory, type, targets);
        }
        else if (shape.IsVector && targets.Length == 1 && type.Bits == 32 && IsWideAddress(instruction, memory)
            && targets[0] is RegisterOperand { Register.Type.Bits: 32 })
        {
            EmitGather(instruction, memory, type, targets[0]);
        }
        else
        {
            EmitLaneLoad(instruction, memory, type, targets, shape);
        }
    }

    private static bool IsRow(PtxType type, int count) =>
        (count == 1 && type.Bits is 32 or 64) || RowAccess.StoreName(type, count) is not null;

    private static Operand[] ElementsOf(Operand operand) =>
        operand is VectorOperand vector ? [.. vector.Elements] : [operand];

    private static bool IsWideAddress(Instruction instruction, MemoryOperand memory) =>
        memory.Base is { Type.Bits: 64 }
        && ShapeAnalysis.SpaceOf(instruction, memory) is StateSpace.Global or StateSpace.Generic;

    /// <summary>Pushes the address of the first thread's access as a pointer.</summary>
    private void PushAddress(Instruction instruction, MemoryOperand memory)
    {
        StateSpace space = ShapeAnalysis.SpaceOf(instruction, memory);
        long offset = memory.Offset;
        if (memory.Base is { } register)
        {
            PushScalar(new RegisterOperand(register), register.Type.Bits == 64 ? PtxType.U64 : PtxType.U32);
            _il.Emit(OpCodes.Conv_U);
        }
        else
        {
            offset += _layout.OffsetOf(memory.Variable!);
            _il.Emit(OpCodes.Ldc_I4_0);
            _il.Emit(OpCodes.Conv_U);
        }

        string? field = space == StateSpace.Param ? nameof(WarpContext.Parameters) : BaseOf(space);
        if (field is not null)
        {
            PushBase(field);
            _il.Emit(OpCodes.Add);
        }

        if (offset != 0)
        {
            _il.Emit(OpCodes.Ldc_I8, offset);
            _il.Emit(OpCodes.Conv_I);
            _il.Emit(OpCodes.Add);
        }
    }

    private void EmitUniformLoad(
        Instruction instruction, MemoryOperand memory, PtxType type, Operand[] targets, bool isVolatile)
    {
        LocalBuilder[] values = [.. targets.Select(_ => _pool.Rent(ClrTypeOf(type)))];
        for (int i = 0; i < targets.Length; i++)
        {
            PushAddress(instruction, memory);
            if (i > 0)
            {
                _il.Emit(OpCodes.Ldc_I4, i * type.Bytes);
                _il.Emit(OpCodes.Add);
            }

            if (isVolatile)
            {
                _il.Emit(OpCodes.Volatile);
            }

            _il.Emit((type.Bits, type.IsSigned, type.Class) switch
            {
                (8, true, _) => OpCodes.Ldind_I1,
                (8, _, _) => OpCodes.Ldind_U1,
                (16, true, _) => OpCodes.Ldind_I2,
                (16, _, _) => OpCodes.Ldind_U2,
                (32, _, TypeClass.Float) => OpCodes.Ldind_R4,
                (64, _, TypeClass.Float) => OpCodes.Ldind_R8,
                (32, _, _) => OpCodes.Ldind_I4,
                _ => OpCodes.Ldind_I8,
            });
            _il.Emit(OpCodes.Stloc, values[i]);
        }

        for (int i = 0; i < targets.Length; i++)
        {
            if (targets[i] is RegisterOperand)
            {
                _il.Emit(OpCodes.Ldloc, values[i]);
                WriteScalar(targets[i], type);
            }

            _pool.Return(values[i]);
        }
    }

    /// <summary>Threads read one after the other: whole vectors, if all run.</summary>
    private void EmitRowLoad(Instruction instruction, MemoryOperand memory, PtxType type, Operand[] targets)
    {
        if (targets.Any(target => target is not RegisterOperand))
        {
            EmitLaneLoad(instruction, memory, type, targets, Shape.Affine(type.Bytes * targets.Length));
            return;
        }

        bool isDirect = targets.Length == 1 && type.Bits >= 32;
        if (IsFull && isDirect)
        {
            PushRow(instruction, memory, type, targets[0]);
            return;
        }

        MaskVectors();
        AllocateResults(instruction);
        Label slow = _il.DefineLabel();
        Label end = _il.DefineLabel();
        if (!IsFull)
        {
            PushActive();
            _il.Emit(OpCodes.Ldc_I4, (int)FullMask);
            _il.Emit(OpCodes.Bne_Un, slow);
        }

        if (isDirect)
        {
            PushRow(instruction, memory, type, targets[0]);
        }
        else
        {
            PushAddress(instruction, memory);
            PushScratch(ValueSlot);
            _il.Emit(OpCodes.Ldc_I4, _launch.Width);
            _il.Emit(OpCodes.Call, Helper(typeof(RowAccess), RowAccess.LoadName(type, targets.Length)!));
            WriteLoaded(targets, type);
        }

        if (!IsFull)
        {
            _il.Emit(OpCodes.Br, end);
            _il.MarkLabel(slow);
            EmitLaneLoad(instruction, memory, type, targets, Shape.Affine(type.Bytes * targets.Length));
            _il.MarkLabel(end);
        }
    }

    private void PushRow(Instruction instruction, MemoryOperand memory, PtxType type, Operand target)
    {
        LocalBuilder address = _pool.Rent(typeof(nint));
        PushAddress(instruction, memory);
        _il.Emit(OpCodes.Stloc, address);
        WriteVectors(target, type, index =>
        {
            _il.Emit(OpCodes.Ldloc, address);
            _il.Emit(OpCodes.Ldc_I4, index * 32);
            _il.Emit(OpCodes.Add);
            _il.Emit(OpCodes.Call, VectorMethods.Load(typeof(int)));
        });
        _pool.Return(address);
    }

    private void WriteLoaded(Operand[] targets, PtxType type)
    {
        for (int i = 0; i < targets.Length; i++)
        {
            int slot = ValueSlot + i;
            WriteVectors(targets[i], type, index => LoadScratch(slot, index));
        }
    }

    /// <summary>Each thread's own address, 32 bits, if all run; otherwise thread by thread.</summary>
    private void EmitGather(Instruction instruction, MemoryOperand memory, PtxType type, Operand target)
    {
        MaskVectors();
        AllocateResults(instruction);
        Label slow = _il.DefineLabel();
        Label end = _il.DefineLabel();
        if (!IsFull)
        {
            PushActive();
            _il.Emit(OpCodes.Ldc_I4, (int)FullMask);
            _il.Emit(OpCodes.Bne_Un, slow);
        }

        WriteVectors(target, type, index =>
        {
            PushVector(new RegisterOperand(memory.Base!), PtxType.U64, index * 2);
            PushVector(new RegisterOperand(memory.Base!), PtxType.U64, (index * 2) + 1);
            _il.Emit(OpCodes.Ldc_I8, memory.Offset);
            _il.Emit(OpCodes.Call, Helper(typeof(LaneAccess), nameof(LaneAccess.Gather)));
        });
        if (!IsFull)
        {
            _il.Emit(OpCodes.Br, end);
            _il.MarkLabel(slow);
            EmitLaneLoad(instruction, memory, type, [target], Shape.Vector);
            _il.MarkLabel(end);
        }
    }

    private void EmitLaneLoad(
        Instruction instruction, MemoryOperand memory, PtxType type, Operand[] targets, Shape shape)
    {
        MaskVectors();
        PushAddresses(instruction, memory, shape, type, targets.Length);
        PushScratch(ValueSlot);
        PushActive();
        _il.Emit(OpCodes.Ldc_I4, LaneAccess.Encode(type, targets.Length));
        _il.Emit(OpCodes.Call, Helper(typeof(LaneAccess), nameof(LaneAccess.Load)));
        if (type.Bits == 128)
        {
            // Lower halves of all lanes, then upper halves, in two slots.
            WriteVectors(targets[0], type, index => LoadScratch(
                ValueSlot + (index / (_vectors * 2)), index % (_vectors * 2)));
            return;
        }

        for (int i = 0; i < targets.Length; i++)
        {
            if (targets[i] is RegisterOperand)
            {
                int slot = ValueSlot + i;
                WriteVectors(targets[i], type, index => LoadScratch(slot, index));
            }
        }
    }

    /// <summary>Puts each thread's address into scratch memory and pushes where they are.</summary>
    private void PushAddresses(Instruction instruction, MemoryOperand memory, Shape shape, PtxType type, int count)
    {
        if (shape.IsScalar)
        {
            PushAddress(instruction, memory);
            _il.Emit(OpCodes.Ldc_I8, shape.Stride);
            PushScratch(AddressSlot);
            _il.Emit(OpCodes.Ldc_I4, _launch.Width);
            _il.Emit(OpCodes.Call, Helper(typeof(LaneAccess), nameof(LaneAccess.FillAddresses)));
            PushScratch(AddressSlot);
            return;
        }

        StateSpace space = ShapeAnalysis.SpaceOf(instruction, memory);
        var register = new RegisterOperand(memory.Base!);
        for (int i = 0; i < _vectors * 2; i++)
        {
            PushVector(register, PtxType.U64, i);
            PushScratch(AddressSlot);
            _il.Emit(OpCodes.Ldc_I4, i * 32);
            _il.Emit(OpCodes.Add);
            _il.Emit(OpCodes.Call, VectorMethods.Store(typeof(int)));
        }

        if (memory.Offset != 0 || BaseOf(space) is not null || space == StateSpace.Param)
        {
            PushScratch(AddressSlot);
            _il.Emit(OpCodes.Ldc_I4, _launch.Width);
            PushSpaceStart(space, memory.Offset);
            _il.Emit(OpCodes.Ldc_I8, space == StateSpace.Local ? _layout.LocalStride : 0L);
            _il.Emit(OpCodes.Call, Helper(typeof(LaneAccess), nameof(LaneAccess.OffsetAddresses)));
        }

        PushScratch(AddressSlot);
    }

    private void PushSpaceStart(StateSpace space, long offset)
    {
        _il.Emit(OpCodes.Ldc_I8, offset);
        string? field = space == StateSpace.Param ? nameof(WarpContext.Parameters) : BaseOf(space);
        if (field is not null)
        {
            PushBase(field);
            _il.Emit(OpCodes.Conv_U8);
            _il.Emit(OpCodes.Add);
        }
    }

    private void EmitStore(Instruction instruction)
    {
        PtxOpcode opcode = instruction.Opcode;
        var memory = (MemoryOperand)instruction.Operands[0];
        PtxType type = opcode.Type!;
        Operand[] values = ElementsOf(instruction.Operands[1]);
        Shape shape = _shapes.OfAddress(instruction, memory);
        bool isVolatile = opcode.Has("volatile") || opcode.Has("relaxed") || opcode.Has("release");
        if (shape.IsUniform && type.Bits <= 64 && values.All(value => _shapes.Of(value).IsUniform))
        {
            EmitUniformStore(instruction, memory, type, values, isVolatile);
            return;
        }

        int bytes = type.Bytes * values.Length;
        bool isRow = shape.IsScalar && shape.Stride == bytes && IsRow(type, values.Length);
        Label slow = _il.DefineLabel();
        Label end = _il.DefineLabel();
        if (!isRow)
        {
            EmitLaneStore(instruction, memory, type, values, shape);
            return;
        }

        if (!IsFull)
        {
            PushActive();
            _il.Emit(OpCodes.Ldc_I4, (int)FullMask);
            _il.Emit(OpCodes.Bne_Un, slow);
        }

        EmitRowStore(instruction, memory, type, values);
        if (!IsFull)
        {
            _il.Emit(OpCodes.Br, end);
            _il.MarkLabel(slow);
            EmitLaneStore(instruction, memory, type, values, shape);
            _il.MarkLabel(end);
        }
    }

    private void EmitUniformStore(
        Instruction instruction, MemoryOperand memory, PtxType type, Operand[] values, bool isVolatile)
    {
        PtxType bits = BitsOf(type);
        for (int i = 0; i < values.Length; i++)
        {
            PushAddress(instruction, memory);
            if (i > 0)
            {
                _il.Emit(OpCodes.Ldc_I4, i * type.Bytes);
                _il.Emit(OpCodes.Add);
            }

            PushScalar(values[i], type.Class == TypeClass.Float && values[i] is ImmediateOperand ? type : bits);
            if (type.Class == TypeClass.Float && values[i] is ImmediateOperand)
            {
                ConvertScalar(ClrTypeOf(type), bits);
            }

            if (isVolatile)
            {
                _il.Emit(OpCodes.Volatile);
            }

            _il.Emit(type.Bits switch
            {
                8 => OpCodes.Stind_I1,
                16 => OpCodes.Stind_I2,
                32 => OpCodes.Stind_I4,
                _ => OpCodes.Stind_I8,
            });
        }
    }

    private void EmitRowStore(Instruction instruction, MemoryOperand memory, PtxType type, Operand[] values)
    {
        if (values.Length == 1 && type.Bits >= 32)
        {
            for (int i = 0; i < CountOf(type); i++)
            {
                PushVector(values[0], type, i);
                PushAddress(instruction, memory);
                _il.Emit(OpCodes.Ldc_I4, i * 32);
                _il.Emit(OpCodes.Add);
                _il.Emit(OpCodes.Call, VectorMethods.Store(typeof(int)));
            }

            return;
        }

        for (int i = 0; i < values.Length; i++)
        {
            ToScratch(values[i], type, ValueSlot + i);
        }

        PushAddress(instruction, memory);
        PushScratch(ValueSlot);
        _il.Emit(OpCodes.Ldc_I4, _launch.Width);
        _il.Emit(OpCodes.Call, Helper(typeof(RowAccess), RowAccess.StoreName(type, values.Length)!));
    }

    private void EmitLaneStore(
        Instruction instruction, MemoryOperand memory, PtxType type, Operand[] values, Shape shape)
    {
        PutValues(values, type);
        PushAddresses(instruction, memory, shape, type, values.Length);
        PushScratch(ValueSlot);
        PushActive();
        _il.Emit(OpCodes.Ldc_I4, LaneAccess.Encode(type, values.Length));
        _il.Emit(OpCodes.Call, Helper(typeof(LaneAccess), nameof(LaneAccess.Store)));
    }

    private void PutValues(Operand[] values, PtxType type, int slot = ValueSlot)
    {
        if (type.Bits != 128)
        {
            for (int i = 0; i < values.Length; i++)
            {
                ToScratch(values[i], type, slot + i);
            }

            return;
        }

        Cell cell = CellOf(((RegisterOperand)values[0]).Register);
        for (int i = 0; i < cell.Locals.Length; i++)
        {
            PushCell(cell, i);
            PushScratch(slot + (i / (_vectors * 2)));
            _il.Emit(OpCodes.Ldc_I4, i % (_vectors * 2) * 32);
            _il.Emit(OpCodes.Add);
            _il.Emit(OpCodes.Call, VectorMethods.Store(typeof(int)));
        }
    }
}

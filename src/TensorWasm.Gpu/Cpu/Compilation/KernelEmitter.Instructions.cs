using System.Reflection.Emit;
using TensorWasm.Gpu.Cpu.Execution;
using TensorWasm.Gpu.Cpu.Operations;
using TensorWasm.Ptx.Ir;
using TensorWasm.Ptx.Isa;

namespace TensorWasm.Gpu.Cpu.Compilation;

/// <summary>Instructions that compute registers from registers.</summary>
internal sealed partial class KernelEmitter
{
    private void EmitInstruction(Instruction instruction)
    {
        switch (instruction.Opcode.Effect)
        {
            case Effect.None or Effect.Carry or Effect.Address:
                EmitPure(instruction);
                break;
            case Effect.Load:
                EmitLoad(instruction);
                break;
            case Effect.Store:
                EmitStore(instruction);
                break;
            case Effect.Atomic or Effect.Reduction:
                EmitAtomic(instruction);
                break;
            case Effect.Copy:
                EmitCopy(instruction);
                break;
            case Effect.MatrixLoad or Effect.MatrixStore:
                EmitMatrixAccess(instruction);
                break;
            case Effect.Warp:
                EmitWarp(instruction);
                break;
            case Effect.Barrier:
                EmitBarrier(instruction);
                break;
            case Effect.Prefetch:
                break;
            case Effect.Sync:
                if (instruction.Opcode.Mnemonic is "membar" or "fence")
                {
                    _il.Emit(OpCodes.Call, ((Action)Interlocked.MemoryBarrier).Method);
                }

                break;
            default:
                throw new CpuKernelException("the CPU device does not run it");
        }
    }

    private void EmitPure(Instruction instruction)
    {
        if (instruction.Opcode.Mnemonic == "mov" && instruction.Operands.Any(operand => operand is VectorOperand))
        {
            EmitPack(instruction);
            return;
        }

        if (instruction.Operands[0] is PairOperand pair)
        {
            EmitResult(instruction, pair.First, isSecond: false);
            EmitResult(instruction, pair.Second, isSecond: true);
            return;
        }

        if (instruction.Opcode.Effect == Effect.Carry)
        {
            EmitCarry(instruction);
            return;
        }

        EmitResult(instruction, instruction.Operands[0], isSecond: false);
    }

    /// <summary>Computes one result; the second of <c>setp</c> is the first's complement before it is combined.</summary>
    private void EmitResult(Instruction instruction, Operand target, bool isSecond)
    {
        if (target is not RegisterOperand register)
        {
            return;
        }

        PtxType type = instruction.Opcode.Operands[0].Type!;
        Cell cell = CellOf(register.Register);
        AffineRule rule = cell.Shape.IsVector && !SourcesAreUniform(instruction) && !_shapes.ComparesAlike(instruction) ? AffineRule.None : _shapes.RuleOf(instruction);
        if (rule == AffineRule.None)
        {
            EmitVectorResult(instruction, cell, type, isSecond);
            return;
        }

        if (rule != AffineRule.Linear)
        {
            EmitCondition(instruction, rule);
        }

        if (isSecond || !TryScalar(instruction))
        {
            EmitLaneOperation(instruction, type, isSecond ? "second" : "");
        }

        WriteScalar(cell, type);
    }

    private bool SourcesAreUniform(Instruction instruction)
    {
        if (instruction.Opcode is { Mnemonic: "cvta" or "isspacep", Space: StateSpace.Local })
        {
            return false;
        }

        for (int i = 0; i < instruction.Operands.Count; i++)
        {
            if (instruction.Opcode.Operands[i].IsRead && !_shapes.Of(instruction.Operands[i]).IsUniform)
            {
                return false;
            }
        }

        return instruction.Opcode.Mnemonic is not ("addc" or "subc" or "madc")
            || _shapes.Of(_graph.Liveness.CarryFlag).IsUniform;
    }

    private void EmitVectorResult(Instruction instruction, Cell cell, PtxType type, bool isSecond)
    {
        if (VectorFormOf(instruction, isSecond) is { } push)
        {
            bool wraps = cell.Bits == 16 && type != PtxType.Pred && type.Class is TypeClass.Integer or TypeClass.Bits;
            WriteVectors(cell, type, index =>
            {
                push(index);
                if (wraps && cell.Bits == 16)
                {
                    ExtendLanes(PtxType.Find("u16")!);
                }
            });
            return;
        }

        EmitLaneLoop(instruction, type, isSecond ? "second" : "");
        WriteVectors(cell, type, index =>
        {
            LoadScratch(LaneLoop.ResultSlot, index);
            if (cell.Bits == 16 && type != PtxType.Pred)
            {
                ExtendLanes(PtxType.Find("u16")!);
            }
        });
    }

    /// <summary>The sources of an instruction with their types, the results left out.</summary>
    private static IEnumerable<(Operand Operand, PtxType Type)> SourcesOf(Instruction instruction)
    {
        for (int i = 0; i < instruction.Operands.Count; i++)
        {
            OperandSpec spec = instruction.Opcode.Operands[i];
            if (spec.IsRead)
            {
                yield return (instruction.Operands[i], spec.Type ?? PtxType.U32);
            }
        }
    }

    private int OperationOf(Instruction instruction, string part) => _constants.Add(
        $"{instruction.Opcode.Text}/{instruction.Opcode.Operands.Count}/{instruction.Operands.Count}/{part}/{ImmediateKeyOf(instruction)}",
        () => LaneOperations.Of(instruction, part));

    /// <summary>Constants that an operation keeps rather than takes as an operand.</summary>
    private static string ImmediateKeyOf(Instruction instruction) =>
        instruction.Opcode.Mnemonic == "lop3" ? ((ImmediateOperand)instruction.Operands[4]).Bits.ToString("x", null) : "";

    private void PushOperation(Instruction instruction, string part)
    {
        _il.Emit(OpCodes.Ldarg_0);
        _il.Emit(OpCodes.Ldfld, typeof(CodeConstants).GetField(
            nameof(CodeConstants.Operations),
            System.Reflection.BindingFlags.Instance | System.Reflection.BindingFlags.NonPublic)!);
        _il.Emit(OpCodes.Ldc_I4, OperationOf(instruction, part));
        _il.Emit(OpCodes.Ldelem_Ref);
    }

    /// <summary>Computes a scalar by the operation for one thread.</summary>
    private void EmitLaneOperation(Instruction instruction, PtxType type, string part)
    {
        PushOperation(instruction, part);
        int count = 0;
        foreach ((Operand operand, PtxType sourceType) in SourcesOf(instruction).Take(4))
        {
            PushScalar(operand, BitsOf(sourceType));
            if (sourceType.Bits < 64)
            {
                _il.Emit(OpCodes.Conv_U8);
            }

            count++;
        }

        count += PushCarryIn(instruction, count);
        for (; count < 4; count++)
        {
            _il.Emit(OpCodes.Ldc_I8, 0L);
        }

        _il.Emit(OpCodes.Callvirt, typeof(LaneOperation).GetMethod("Invoke")!);
        if (type == PtxType.Pred || type.Bits < 64)
        {
            _il.Emit(OpCodes.Conv_I4);
        }

        if (type.Name == "f32")
        {
            _il.Emit(OpCodes.Call, ((Func<int, float>)BitConverter.Int32BitsToSingle).Method);
        }
        else if (type.Name == "f64")
        {
            _il.Emit(OpCodes.Call, ((Func<long, double>)BitConverter.Int64BitsToDouble).Method);
        }
    }

    private int PushCarryIn(Instruction instruction, int count)
    {
        if (instruction.Opcode.Mnemonic is not ("addc" or "subc" or "madc"))
        {
            return 0;
        }

        for (int i = count; i < 3; i++)
        {
            _il.Emit(OpCodes.Ldc_I8, 0L);
        }

        _il.Emit(OpCodes.Ldloc, CarryCell().Scalar);
        _il.Emit(OpCodes.Conv_U8);
        return 4 - count;
    }

    private static PtxType BitsOf(PtxType type) => type == PtxType.Pred ? type
        : type.Bits switch { 64 => PtxType.B64, 16 => PtxType.B16, 8 => PtxType.Find("u8")!, _ => PtxType.B32 };

    /// <summary>Computes a value for each thread, one by one, into scratch memory.</summary>
    private void EmitLaneLoop(Instruction instruction, PtxType type, string part)
    {
        int kinds = LaneLoop.KindOf(type) << 8;
        int slot = 0;
        foreach ((Operand operand, PtxType sourceType) in SourcesOf(instruction).Take(4))
        {
            ToScratch(operand, BitsOf(sourceType), slot);
            kinds |= LaneLoop.KindOf(sourceType) << (2 * slot);
            slot++;
        }

        if (instruction.Opcode.Mnemonic is "addc" or "subc" or "madc")
        {
            for (int i = 0; i < _vectors; i++)
            {
                PushCell(CarryCell(), i);
                PushScratch(3);
                _il.Emit(OpCodes.Ldc_I4, i * 32);
                _il.Emit(OpCodes.Add);
                _il.Emit(OpCodes.Call, VectorMethods.Store(typeof(int)));
            }

            kinds |= LaneLoop.KindOf(PtxType.B32) << 6;
        }

        PushOperation(instruction, part);
        PushScratch(0);
        _il.Emit(OpCodes.Ldc_I4, _launch.Width);
        _il.Emit(OpCodes.Ldc_I4, kinds);
        _il.Emit(OpCodes.Call, Helper(typeof(LaneLoop), nameof(LaneLoop.Run)));
    }

    private void EmitCarry(Instruction instruction)
    {
        PtxType type = instruction.Opcode.Operands[0].Type!;
        bool isUniform = SourcesAreUniform(instruction);
        LocalBuilder? carry = null;
        bool carries = instruction.Opcode.Has("cc");
        Cell? target = instruction.Operands[0] is RegisterOperand register ? CellOf(register.Register) : null;

        // The carry is computed first and kept aside, for the result may overwrite an operand.
        if (isUniform)
        {
            if (carries)
            {
                carry = _pool.Rent(typeof(int));
                EmitLaneOperation(instruction, PtxType.B32, "carry");
                _il.Emit(OpCodes.Stloc, carry);
            }

            EmitLaneOperation(instruction, type, "");
            if (target is null)
            {
                _il.Emit(OpCodes.Pop);
            }
            else
            {
                WriteScalar(target, type);
            }

            if (carry is not null)
            {
                _il.Emit(OpCodes.Ldloc, carry);
                WriteScalar(CarryCell(), PtxType.B32);
                _pool.Return(carry);
            }

            return;
        }

        if (carries)
        {
            EmitLaneLoop(instruction, PtxType.B32, "carry");
            PushScratch(LaneLoop.ResultSlot + 1);
            PushScratch(LaneLoop.ResultSlot);
            _il.Emit(OpCodes.Ldc_I4, WarpContext.SlotBytes);
            _il.Emit(OpCodes.Cpblk);
        }

        EmitLaneLoop(instruction, type, "");
        if (target is not null)
        {
            WriteVectors(target, type, index => LoadScratch(LaneLoop.ResultSlot, index));
        }

        if (carries)
        {
            WriteVectors(CarryCell(), PtxType.B32, index => LoadScratch(LaneLoop.ResultSlot + 1, index));
        }
    }
}

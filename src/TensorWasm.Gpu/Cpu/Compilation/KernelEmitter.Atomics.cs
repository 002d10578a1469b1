using System.Reflection.Emit;
using TensorWasm.Gpu.Cpu.Operations;
using TensorWasm.Ptx.Ir;
using TensorWasm.Ptx.Isa;
using TensorWasm.Ptx.Syntax;

namespace TensorWasm.Gpu.Cpu.Compilation;

/// <summary>Atomic operations, asynchronous copies and matrices, all by helpers that go through scratch memory.</summary>
internal sealed partial class KernelEmitter
{
    private void EmitAtomic(Instruction instruction)
    {
        PtxOpcode opcode = instruction.Opcode;
        bool returns = opcode.Effect == Effect.Atomic;
        int first = returns ? 1 : 0;
        var memory = (MemoryOperand)instruction.Operands[first];
        PtxType type = opcode.Type!;
        Operand[] targets = returns ? ElementsOf(instruction.Operands[0]) : [];
        Operand[] values = ElementsOf(instruction.Operands[first + 1]);
        bool compares = instruction.Operands.Count > first + 2;
        bool isShared = ShapeAnalysis.SpaceOf(instruction, memory) == StateSpace.Shared;
        if (isShared && IsCount(instruction, memory, type) && targets.All(IsDead))
        {
            EmitCount(memory, type, values[0]);
            return;
        }

        PutValues(values, type);
        if (compares)
        {
            PutValues(ElementsOf(instruction.Operands[first + 2]), type, ValueSlot + 8);
        }

        PushAddresses(instruction, memory, _shapes.OfAddress(instruction, memory), type, values.Length);
        PushScratch(ValueSlot);
        PushActive();
        _il.Emit(OpCodes.Ldc_I4, Atomics.Encode(opcode.Modifier("P")!, type, values.Length, isShared));
        PushBase(nameof(Execution.WarpContext.Shared));
        LoadContext(nameof(Execution.WarpContext.TotalShared));
        _il.Emit(OpCodes.Call, Helper(typeof(Atomics), nameof(Atomics.Run)));
        MaskVectors();
        for (int i = 0; i < targets.Length; i++)
        {
            if (targets[i] is RegisterOperand)
            {
                int slot = ValueSlot + i;
                int perSlot = type.Bits == 128 ? _vectors * 2 : int.MaxValue;
                WriteVectors(targets[i], type, index => LoadScratch(slot + (index / perSlot), index % perSlot));
            }
        }
    }

    /// <summary>Whether nothing reads what an instruction writes there.</summary>
    private bool IsDead(Operand target) =>
        target is not RegisterOperand { Register: var register } || !_liveWithin[_place + 1][register.Id];

    /// <summary>Whether it adds words at addresses that differ between threads, as counters do.</summary>
    private bool IsCount(Instruction instruction, MemoryOperand memory, PtxType type) =>
        instruction.Opcode.Modifier("P") == "add" && instruction.Opcode.Vector == 1 && type is { Class: TypeClass.Integer, Bits: 32 }
        && memory.Base is { Type.Bits: 32 or 64 } && !_shapes.OfAddress(instruction, memory).IsScalar;

    /// <summary>Additions to shared memory whose results nobody wants: what a block has is one thread's here.</summary>
    private void EmitCount(MemoryOperand memory, PtxType type, Operand value)
    {
        bool isWide = memory.Base!.Type.Bits == 64;
        ToScratch(new RegisterOperand(memory.Base), isWide ? PtxType.U64 : PtxType.U32, AddressSlot);
        bool isUniform = _shapes.Of(value).IsUniform;
        if (!isUniform)
        {
            ToScratch(value, type, ValueSlot);
        }

        PushScratch(AddressSlot);
        PushSpaceStart(StateSpace.Shared, memory.Offset);
        PushActive();
        if (isUniform)
        {
            PushScalar(value, type);
        }
        else
        {
            PushScratch(ValueSlot);
        }

        _il.Emit(OpCodes.Call, Helper(typeof(Counters), (isWide, isUniform) switch
        {
            (true, true) => nameof(Counters.AddWide),
            (true, false) => nameof(Counters.AddEachWide),
            (false, true) => nameof(Counters.Add),
            _ => nameof(Counters.AddEach),
        }));
    }

    /// <summary>The copy is made at once, which its waits allow.</summary>
    private void EmitCopy(Instruction instruction)
    {
        var to = (MemoryOperand)instruction.Operands[0];
        var from = (MemoryOperand)instruction.Operands[1];
        int bytes = (int)((ImmediateOperand)instruction.Operands[2]).Bits;
        Operand? rest = instruction.Operands.Count > 3 ? instruction.Operands[3] : null;
        bool isSize = rest is not null && instruction.Opcode.Operands[3].Type != PtxType.Pred;
        if (rest is null)
        {
            ToScratch(new ImmediateOperand(ImmediateKind.Unsigned, (ulong)bytes), PtxType.U32, ValueSlot);
        }
        else
        {
            ToScratch(rest, isSize ? PtxType.U32 : PtxType.Pred, ValueSlot);
        }

        PushAddresses(instruction, to, _shapes.OfAddress(instruction, to), PtxType.U32, 1);
        _il.Emit(OpCodes.Pop);
        PushScratch(AddressSlot + 1);
        PushScratch(AddressSlot);
        _il.Emit(OpCodes.Ldc_I4, Execution.WarpContext.SlotBytes);
        _il.Emit(OpCodes.Cpblk);
        PushAddresses(instruction, from, _shapes.OfAddress(instruction, from), PtxType.U32, 1);
        PushScratch(AddressSlot + 1);
        PushScratch(ValueSlot);
        PushActive();
        _il.Emit(OpCodes.Ldc_I4, bytes);
        _il.Emit(rest is null || isSize ? OpCodes.Ldc_I4_0 : OpCodes.Ldc_I4_1);
        _il.Emit(OpCodes.Call, Helper(typeof(LaneAccess), nameof(LaneAccess.Copy)));
    }

    private void EmitMatrixAccess(Instruction instruction)
    {
        PtxOpcode opcode = instruction.Opcode;
        bool isLoad = opcode.Effect == Effect.MatrixLoad;
        var memory = (MemoryOperand)instruction.Operands[isLoad ? 1 : 0];
        Operand[] parts = ElementsOf(instruction.Operands[isLoad ? 0 : 1]);
        if (!isLoad)
        {
            PutValues(parts, PtxType.B32);
        }

        PushAddresses(instruction, memory, _shapes.OfAddress(instruction, memory), PtxType.U32, 1);
        PushScratch(ValueSlot);
        _il.Emit(OpCodes.Ldc_I4, parts.Length);
        _il.Emit(opcode.Has("trans") ? OpCodes.Ldc_I4_1 : OpCodes.Ldc_I4_0);
        _il.Emit(OpCodes.Call, Helper(typeof(Matrices), isLoad ? nameof(Matrices.Load) : nameof(Matrices.Store)));
        if (!isLoad)
        {
            return;
        }

        MaskVectors();
        for (int i = 0; i < parts.Length; i++)
        {
            if (parts[i] is RegisterOperand)
            {
                WriteFromScratch(parts[i], PtxType.B32, ValueSlot + i);
            }
        }
    }

    /// <summary>mma.sync: fragments of A, B and C in slots one after the other; D takes C's.</summary>
    private void EmitProduct(Instruction instruction)
    {
        PtxOpcode opcode = instruction.Opcode;
        MatrixShape shape = MatrixShape.Of(opcode);
        int slot = 0;
        for (int operand = 1; operand <= 3; operand++)
        {
            PtxType type = opcode.Operands[operand].Type!;
            foreach (Operand element in ElementsOf(instruction.Operands[operand]))
            {
                ToScratch(element, type, slot++);
            }
        }

        PushScratch(0);
        _il.Emit(OpCodes.Ldc_I4, shape.Encode());
        _il.Emit(OpCodes.Call, Helper(typeof(Matrices), nameof(Matrices.Multiply)));
        Operand[] targets = ElementsOf(instruction.Operands[0]);
        for (int i = 0; i < targets.Length; i++)
        {
            WriteFromScratch(targets[i], opcode.Operands[0].Type!, slot - targets.Length + i);
        }
    }
}

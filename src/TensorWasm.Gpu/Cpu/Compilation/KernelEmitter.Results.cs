using System.Reflection.Emit;
using System.Runtime.Intrinsics;
using TensorWasm.Gpu.Cpu.Execution;
using TensorWasm.Ptx.Ir;
using TensorWasm.Ptx.Isa;
using Label = System.Reflection.Emit.Label;

namespace TensorWasm.Gpu.Cpu.Compilation;

/// <summary>Guards, and results into registers, for the threads that run only where others still need the old value.</summary>
internal sealed partial class KernelEmitter
{
    private Guard? _guard;
    private LocalBuilder? _active;

    private void EmitGuarded(BlockNode node, Instruction instruction)
    {
        _guard = null;
        _active = null;
        if (instruction.Guard is not { } guard)
        {
            EmitInstruction(instruction);
            return;
        }

        if (_shapes.Of(guard.Register.Id).IsUniform)
        {
            // What is made once a block must be made outside of the condition.
            MaskVectors();
            AllocateResults(instruction);
            Label skip = _il.DefineLabel();
            PushBool(guard.Register);
            _il.Emit(guard.IsNegated ? OpCodes.Brtrue : OpCodes.Brfalse, skip);
            EmitInstruction(instruction);
            _il.MarkLabel(skip);
            return;
        }

        _guard = guard;
        if (instruction.Opcode.Effect is Effect.None or Effect.Carry or Effect.Address)
        {
            EmitInstruction(instruction);
            _guard = null;
            return;
        }

        MaskVectors();
        AllocateResults(instruction);
        _active = _pool.Rent(typeof(uint));
        Label none = _il.DefineLabel();
        PushBits(guard.Register, guard.IsNegated);
        _il.Emit(OpCodes.Ldloc, _mask);
        _il.Emit(OpCodes.And);
        _il.Emit(OpCodes.Dup);
        _il.Emit(OpCodes.Stloc, _active);
        _il.Emit(OpCodes.Brfalse, none);
        EmitInstruction(instruction);
        _il.MarkLabel(none);
        _pool.Return(_active);
        _active = null;
        _guard = null;
    }

    private void AllocateResults(Instruction instruction)
    {
        foreach (Register register in instruction.Writes)
        {
            CellOf(register);
        }
    }

    /// <summary>Pushes the threads that run this instruction.</summary>
    private void PushActive() => _il.Emit(OpCodes.Ldloc, _active ?? _mask);

    /// <summary>Whether it is known that all threads run this instruction.</summary>
    private bool IsFull => _active is null && _launch.IsFull && _shapes.Frontiers.IsFull(_node.Index);

    /// <summary>Stores vectors into a register, one after the other.</summary>
    private void WriteVectors(Operand target, PtxType type, Action<int> push)
    {
        if (target is RegisterOperand register)
        {
            WriteVectors(CellOf(register.Register), type, push);
        }
    }

    private void WriteVectors(Cell cell, PtxType type, Action<int> push)
    {
        if (!cell.Shape.IsVector)
        {
            throw new CpuKernelException("a result that differs between threads was taken to be the same for all");
        }

        bool isMasked = IsMasked(cell.Register);
        if (isMasked && !(_guard is not null && !_shapes.KeptAt(_node.Index)[cell.Register]))
        {
            MaskVectors();
        }

        bool widens = cell.Bits == 64 && type.Bits <= 32 && type != PtxType.Pred;
        for (int i = 0; i < cell.Locals.Length; i++)
        {
            if (isMasked)
            {
                PushWriteMask(cell, i);
            }

            push(widens ? i / 2 : i);
            if (widens)
            {
                WidenHalf(i, type.IsSigned);
            }

            if (isMasked)
            {
                _il.Emit(OpCodes.Ldloc, cell.Locals[i]);
                _il.Emit(OpCodes.Call, VectorMethods.Get(nameof(Vector256.ConditionalSelect), typeof(int)));
            }

            _il.Emit(OpCodes.Stloc, cell.Locals[i]);
        }
    }

    private bool IsMasked(int register) => _guard is not null || _shapes.KeptAt(_node.Index)[register];

    private void PushWriteMask(Cell cell, int index)
    {
        int part = cell.Bits == 128 ? index % (_vectors * 2) : index;
        int j = cell.Bits >= 64 ? part / 2 : part;
        bool isKept = _shapes.KeptAt(_node.Index)[cell.Register];
        if (isKept)
        {
            _il.Emit(OpCodes.Ldloc, MaskVectors()[j]);
        }

        if (_guard is { } guard)
        {
            PushVector(new RegisterOperand(guard.Register, guard.IsNegated), PtxType.Pred, j);
            if (isKept)
            {
                _il.Emit(OpCodes.Call, VectorMethods.Get(nameof(Vector256.BitwiseAnd), typeof(int)));
            }
        }

        if (cell.Bits >= 64)
        {
            WidenHalf(part, isSigned: true);
        }
    }

    /// <summary>Stores the scalar on the stack, in an instruction's CIL type, into a register of any shape.</summary>
    private void WriteScalar(Operand target, PtxType type, long stride = 0)
    {
        if (target is not RegisterOperand register)
        {
            _il.Emit(OpCodes.Pop);
            return;
        }

        WriteScalar(CellOf(register.Register), type, stride);
    }

    private void WriteScalar(Cell cell, PtxType type, long stride = 0)
    {
        if (cell.Shape.IsScalar)
        {
            StoreScalar(cell, type);
            return;
        }

        Type clr = ClrTypeOf(type);
        LocalBuilder value = _pool.Rent(clr);
        _il.Emit(OpCodes.Stloc, value);
        WriteVectors(cell, type, index =>
        {
            _il.Emit(OpCodes.Ldloc, value);
            if (type == PtxType.Pred)
            {
                _il.Emit(OpCodes.Neg);
            }

            Spread(clr, stride, index);
        });
        _pool.Return(value);
    }

    private void StoreScalar(Cell cell, PtxType type)
    {
        Type local = cell.Scalar.LocalType;
        Type have = ClrTypeOf(type);
        if (local == typeof(long) && have == typeof(int))
        {
            _il.Emit(type.IsSigned ? OpCodes.Conv_I8 : OpCodes.Conv_U8);
        }
        else if (local == typeof(int) && cell.Bits == 16 && type != PtxType.Pred)
        {
            _il.Emit(OpCodes.Conv_U2);
        }
        else if (have != local)
        {
            ConvertScalar(have, local == typeof(float) ? PtxType.Find("f32")!
                : local == typeof(double) ? PtxType.Find("f64")!
                : PtxType.Find(local == typeof(long) ? "b64" : "b32")!);
        }

        _il.Emit(OpCodes.Stloc, cell.Scalar);
    }

    /// <summary>Loads a register's vectors from scratch memory, where something left a value for each thread.</summary>
    private void WriteFromScratch(Operand target, PtxType type, int slot) =>
        WriteVectors(target, type, index => LoadScratch(slot, index));

    private void LoadScratch(int slot, int index)
    {
        PushBase(nameof(WarpContext.Scratch));
        _il.Emit(OpCodes.Ldc_I4, (slot * WarpContext.SlotBytes) + (index * 32));
        _il.Emit(OpCodes.Add);
        _il.Emit(OpCodes.Call, VectorMethods.Load(typeof(int)));
    }

    /// <summary>Puts an operand's value for each thread into scratch memory.</summary>
    private void ToScratch(Operand operand, PtxType type, int slot)
    {
        for (int i = 0; i < CountOf(type); i++)
        {
            PushVector(operand, type, i);
            PushBase(nameof(WarpContext.Scratch));
            _il.Emit(OpCodes.Ldc_I4, (slot * WarpContext.SlotBytes) + (i * 32));
            _il.Emit(OpCodes.Add);
            _il.Emit(OpCodes.Call, VectorMethods.Store(typeof(int)));
        }
    }
}

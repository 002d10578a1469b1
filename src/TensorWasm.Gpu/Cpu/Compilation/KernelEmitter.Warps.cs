using System.Reflection.Emit;
using System.Runtime.Intrinsics;
using TensorWasm.Gpu.Cpu.Execution;
using TensorWasm.Gpu.Cpu.Operations;
using TensorWasm.Ptx.Ir;
using TensorWasm.Ptx.Isa;
using Label = System.Reflection.Emit.Label;

namespace TensorWasm.Gpu.Cpu.Compilation;

/// <summary>Instructions by which the threads of a warp exchange values, and barriers of the block.</summary>
internal sealed partial class KernelEmitter
{
    private void EmitWarp(Instruction instruction)
    {
        PtxOpcode opcode = instruction.Opcode;
        switch (opcode.Mnemonic)
        {
            case "shfl":
                EmitShuffle(instruction);
                break;
            case "vote":
                EmitVote(instruction);
                break;
            case "activemask":
                PushActive();
                WriteScalar(instruction.Operands[0], PtxType.B32);
                break;
            case "elect":
                EmitElection(instruction);
                break;
            case "redux":
                ToScratch(instruction.Operands[1], opcode.Type!, 0);
                PushScratch(0);
                PushMembers(instruction, 2);
                _il.Emit(OpCodes.Ldc_I4, (int)WarpReduction.Parse(opcode.Modifier("P")!, opcode.Type!));
                _il.Emit(OpCodes.Call, Helper(typeof(WarpOperations), nameof(WarpOperations.Reduce)));
                WriteScalar(instruction.Operands[0], PtxType.B32);
                break;
            case "match":
                EmitMatch(instruction);
                break;
            case "mma":
                EmitProduct(instruction);
                break;
            case "movmatrix":
                ToScratch(instruction.Operands[1], PtxType.B32, 0);
                PushScratch(0);
                PushScratch(1);
                _il.Emit(OpCodes.Call, Helper(typeof(Matrices), nameof(Matrices.Transpose)));
                WriteFromScratch(instruction.Operands[0], PtxType.B32, 1);
                break;
            case "bar":
                break;
            default:
                throw new CpuKernelException("the CPU device does not run it");
        }
    }

    /// <summary>Pushes the threads that take part: those that run and are named in the instruction's mask.</summary>
    private void PushMembers(Instruction instruction, int operand)
    {
        if (_shapes.Of(instruction.Operands[operand]).IsUniform)
        {
            PushScalar(instruction.Operands[operand], PtxType.B32);
        }
        else
        {
            ToScratch(instruction.Operands[operand], PtxType.B32, 6);
            PushScratch(6);
            PushActive();
            _il.Emit(OpCodes.Call, Helper(typeof(WarpOperations), nameof(WarpOperations.First)));
        }

        PushActive();
        _il.Emit(OpCodes.And);
    }

    private void EmitVote(Instruction instruction)
    {
        LocalBuilder members = _pool.Rent(typeof(uint));
        LocalBuilder votes = _pool.Rent(typeof(uint));
        PushMembers(instruction, 2);
        _il.Emit(OpCodes.Stloc, members);
        PushPredicateBits(instruction.Operands[1]);
        _il.Emit(OpCodes.Ldloc, members);
        _il.Emit(OpCodes.And);
        _il.Emit(OpCodes.Stloc, votes);
        _il.Emit(OpCodes.Ldloc, votes);
        PtxType type = PtxType.Pred;
        switch (instruction.Opcode.Modifier("M"))
        {
            case "all":
                _il.Emit(OpCodes.Ldloc, members);
                _il.Emit(OpCodes.Ceq);
                break;
            case "any":
                _il.Emit(OpCodes.Ldc_I4_0);
                _il.Emit(OpCodes.Cgt_Un);
                break;
            case "uni":
                _il.Emit(OpCodes.Ldloc, members);
                _il.Emit(OpCodes.Ceq);
                _il.Emit(OpCodes.Ldloc, votes);
                _il.Emit(OpCodes.Ldc_I4_0);
                _il.Emit(OpCodes.Ceq);
                _il.Emit(OpCodes.Or);
                break;
            default:
                type = PtxType.B32;
                break;
        }

        WriteScalar(instruction.Operands[0], type);
        _pool.Return(members);
        _pool.Return(votes);
    }

    private void PushPredicateBits(Operand operand)
    {
        if (operand is RegisterOperand register)
        {
            PushBits(register.Register, register.IsNegated);
            return;
        }

        PushScalar(operand, PtxType.Pred);
        _il.Emit(OpCodes.Neg);
    }

    private void EmitElection(Instruction instruction)
    {
        var pair = (PairOperand)instruction.Operands[0];
        LocalBuilder leader = _pool.Rent(typeof(int));
        PushMembers(instruction, 1);
        _il.Emit(OpCodes.Call, Helper(typeof(WarpOperations), nameof(WarpOperations.Lowest)));
        _il.Emit(OpCodes.Stloc, leader);
        _il.Emit(OpCodes.Ldloc, leader);
        WriteScalar(pair.First, PtxType.B32);
        WriteVectors(pair.Second, PtxType.Pred, index =>
        {
            _il.Emit(OpCodes.Ldc_I4_1);
            _il.Emit(OpCodes.Ldloc, leader);
            _il.Emit(OpCodes.Shl);
            _il.Emit(OpCodes.Ldc_I4, index * Lanes);
            Helper(nameof(VectorHelpers.Expand));
        });
        _pool.Return(leader);
    }

    private void EmitMatch(Instruction instruction)
    {
        PtxOpcode opcode = instruction.Opcode;
        PtxType type = opcode.Type!;
        bool isAll = opcode.Modifier("M") == "all";
        (Operand target, Operand? predicate) = instruction.Operands[0] is PairOperand pair
            ? (pair.First, pair.Second)
            : (instruction.Operands[0], null);
        ToScratch(instruction.Operands[1], type, 0);
        PushScratch(0);
        PushScratch(2);
        PushMembers(instruction, 2);
        _il.Emit(OpCodes.Ldc_I4, type.Bytes);
        _il.Emit(OpCodes.Call, Helper(
            typeof(WarpOperations), isAll ? nameof(WarpOperations.MatchAll) : nameof(WarpOperations.MatchAny)));
        if (target is RegisterOperand)
        {
            WriteFromScratch(target, PtxType.B32, 2);
        }

        if (predicate is RegisterOperand)
        {
            WriteFromScratch(predicate, PtxType.Pred, 3);
        }
    }

    private void EmitShuffle(Instruction instruction)
    {
        (Operand target, Operand? predicate) = instruction.Operands[0] is PairOperand pair
            ? (pair.First, pair.Second)
            : (instruction.Operands[0], null);
        string mode = instruction.Opcode.Modifier("M")!;
        if (AffineRules.Constant(instruction.Operands[2]) is { } distance
            && AffineRules.Constant(instruction.Operands[3]) is { } clamp)
        {
            EmitConstantShuffle(instruction, target, predicate, ShufflePlan.Make(mode, (uint)distance, (uint)clamp));
            return;
        }

        for (int i = 0; i < 3; i++)
        {
            ToScratch(instruction.Operands[i + 1], PtxType.B32, i);
        }

        PushScratch(0);
        _il.Emit(OpCodes.Ldc_I4, (int)ShufflePlan.ModeOf(mode));
        _il.Emit(OpCodes.Call, Helper(typeof(WarpOperations), nameof(WarpOperations.Shuffle)));
        if (target is RegisterOperand)
        {
            WriteFromScratch(target, PtxType.B32, 3);
        }

        if (predicate is RegisterOperand)
        {
            WriteFromScratch(predicate, PtxType.Pred, 4);
        }
    }

    /// <summary>Where each thread's value comes from is known, so that vectors move as a whole or are permuted.</summary>
    private void EmitConstantShuffle(Instruction instruction, Operand target, Operand? predicate, ShufflePlan plan)
    {
        if (target is RegisterOperand)
        {
            ToScratch(instruction.Operands[1], PtxType.B32, 1);
            WriteVectors(target, PtxType.B32, index =>
            {
                switch (plan.FormOf(index))
                {
                    case ShufflePlan.Form.Same:
                        LoadScratch(1, plan.Sources[index * Lanes] / Lanes);
                        break;
                    case ShufflePlan.Form.Permuted:
                        LoadScratch(1, plan.Sources[index * Lanes] / Lanes);
                        foreach (int source in plan.Sources.AsSpan(index * Lanes, Lanes))
                        {
                            _il.Emit(OpCodes.Ldc_I4, source % Lanes);
                        }

                        _il.Emit(OpCodes.Call, typeof(Vector256).GetMethod(
                            nameof(Vector256.Create), [.. Enumerable.Repeat(typeof(int), Lanes)])!);
                        _il.Emit(OpCodes.Call, VectorMethods.Typed(nameof(Vector256.Shuffle), typeof(int), typeof(int)));
                        break;
                    case ShufflePlan.Form.Shifted:
                        PushBase(nameof(WarpContext.Scratch));
                        _il.Emit(OpCodes.Ldc_I4, WarpContext.SlotBytes + (plan.ShiftOf(index) * 4));
                        _il.Emit(OpCodes.Add);
                        _il.Emit(OpCodes.Call, VectorMethods.Load(typeof(int)));
                        break;
                    default:
                        for (int lane = 0; lane < Lanes; lane++)
                        {
                            PushBase(nameof(WarpContext.Scratch));
                            _il.Emit(OpCodes.Ldc_I4, WarpContext.SlotBytes + (plan.Sources[(index * Lanes) + lane] * 4));
                            _il.Emit(OpCodes.Add);
                            _il.Emit(OpCodes.Ldind_I4);
                        }

                        _il.Emit(OpCodes.Call, typeof(Vector256).GetMethod(
                            nameof(Vector256.Create), [.. Enumerable.Repeat(typeof(int), Lanes)])!);
                        break;
                }
            });
        }

        if (predicate is RegisterOperand)
        {
            WriteVectors(predicate, PtxType.Pred, index =>
            {
                _il.Emit(OpCodes.Ldc_I4, (int)plan.InRange);
                _il.Emit(OpCodes.Ldc_I4, index * Lanes);
                Helper(nameof(VectorHelpers.Expand));
            });
        }
    }

    private void EmitBarrier(Instruction instruction)
    {
        PtxOpcode opcode = instruction.Opcode;
        if (opcode.Has("arrive"))
        {
            throw new CpuKernelException("bar.arrive lets threads pass that others wait for");
        }

        bool votes = opcode.Has("red");
        _il.Emit(OpCodes.Ldarg_1);
        PushActive();
        if (votes)
        {
            PushPredicateBits(instruction.Operands[^1]);
        }
        else
        {
            _il.Emit(OpCodes.Ldc_I4_0);
        }

        _il.Emit(OpCodes.Call, Helper(typeof(WarpOperations), nameof(WarpOperations.Arrive)));

        // A warp that is alone in its block need not stop.
        Label after = _il.DefineLabel();
        _il.Emit(OpCodes.Brtrue, after);
        BitSet live = new(_graph.Liveness.Registers);
        live.CopyFrom(_liveWithin[_place + 1]);
        foreach (int register in _graph.Liveness.Writes(instruction))
        {
            live.Remove(register);
        }

        int place = (_place * 2) + 1;
        Save(CellsFor(_node.Index, live), _node.Index);
        Return(_resume.NumberOf(_node.Index, place), Transfer.Barrier);
        _il.MarkLabel(after);
        Land(_node.Index, place, live, after);
        if (!votes)
        {
            return;
        }

        string kind = opcode.Modifier("P")!;
        LoadContext(nameof(WarpContext.BarrierVotes));
        switch (kind)
        {
            case "and":
                LoadContext(nameof(WarpContext.BarrierVoters));
                _il.Emit(OpCodes.Ceq);
                break;
            case "or":
                _il.Emit(OpCodes.Ldc_I4_0);
                _il.Emit(OpCodes.Cgt_Un);
                break;
        }

        WriteScalar(instruction.Operands[0], kind == "popc" ? PtxType.U32 : PtxType.Pred);
    }
}

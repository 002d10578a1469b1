using System.Reflection.Emit;
using TensorWasm.Gpu.Cpu.Execution;
using TensorWasm.Ptx.Ir;
using Label = System.Reflection.Emit.Label;

namespace TensorWasm.Gpu.Cpu.Compilation;

/// <summary>Leaving a method in the middle, and going on there or in another method.</summary>
internal sealed partial class KernelEmitter
{
    private readonly Dictionary<int, Instruction> _sites = [];
    private readonly List<Landing> _landings = [];
    private readonly HashSet<int> _far = [];
    private readonly Dictionary<int, Cell> _savedHere = [];
    private readonly ShapeAnalysis? _general;
    private BitSet[] _liveWithin = [];
    private Label? _generalize;
    private LocalBuilder? _site;

    /// <summary>Notes that the code jumps to a block, which may stand in another method.</summary>
    private void Reach(int block)
    {
        if (_methodOf[block] != _methodNumber)
        {
            _far.Add(block);
        }
    }

    /// <summary>Blocks of other methods: the registers go to memory, and the caller takes the warp there.</summary>
    private void EmitFarBlocks()
    {
        foreach (int block in _far)
        {
            EnterWaiting(block);
            _il.MarkLabel(_bodyLabels[block]);
            Save(CellsFor(block, _graph.Liveness.At(block)), block);
            Return(_resume.NumberOf(block, 0), Transfer.Jump);
        }

        _far.Clear();
    }

    /// <summary>Called before each instruction: makes a landing where a warp may come in.</summary>
    private void MarkPlace(int block, int place)
    {
        bool isWanted = (!_speculates && _resume.Knows(block, place)) || (place == 0 && IsReachedFromAfar(block));
        if (!isWanted)
        {
            return;
        }

        Label target = _il.DefineLabel();
        _il.MarkLabel(target);
        Land(block, place, _liveWithin[place / 2], target);
    }

    private void Land(int block, int place, BitSet live, Label target)
    {
        _landings.Add(new Landing(_resume.NumberOf(block, place), block, CellsFor(block, live), target));
        _maskVectors = null;
    }

    private bool IsReachedFromAfar(int block)
    {
        foreach (BlockNode node in _graph.Nodes)
        {
            if (_methodOf[node.Index] != _methodNumber
                && (node.Successors.Contains(block) || _shapes.Frontiers.Waiting(node.Index)[block]))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>The registers that running and waiting threads of a block may still read.</summary>
    private List<Cell> CellsFor(int block, BitSet live)
    {
        var all = new BitSet(_graph.Liveness.Registers);
        all.CopyFrom(live);
        all.UnionWith(_shapes.KeptAt(block));
        return [.. all.Items().Select(register => CellOf(register, ResumePoints.BitsOf(_graph, register)))];
    }

    private void EmitLandings()
    {
        Label failure = _il.DefineLabel();
        Label[] labels = [.. Enumerable.Repeat(failure, _resume.Count)];
        foreach (Landing landing in _landings)
        {
            labels[landing.State] = _il.DefineLabel();
        }

        if (_methodNumber == 0)
        {
            labels[0] = _start;
        }

        _il.Emit(OpCodes.Ldarg_2);
        _il.Emit(OpCodes.Switch, labels);
        _il.MarkLabel(failure);
        _il.Emit(OpCodes.Ldc_I4_0);
        _il.Emit(OpCodes.Ret);
        foreach (Landing landing in _landings)
        {
            _il.MarkLabel(labels[landing.State]);
            LoadFrame(landing);
            _il.Emit(OpCodes.Br, landing.Target);
        }
    }

    private void Return(int state, int kind)
    {
        _il.Emit(OpCodes.Ldc_I4, Transfer.Encode(state, kind));
        _il.Emit(OpCodes.Ret);
    }

    private void PushFrame(int offset)
    {
        LoadContext(nameof(WarpContext.Frame));
        _il.Emit(OpCodes.Ldc_I4, offset);
        _il.Emit(OpCodes.Add);
    }

    private void Save(IEnumerable<Cell> cells, int block)
    {
        SaveMasks(_shapes.Frontiers.Waiting(block));
        foreach (Cell cell in cells)
        {
            int slot = _resume.SlotOf(cell.Register, cell.Bits);
            if (cell.Shape.IsScalar)
            {
                PushFrame(slot);
                _il.Emit(OpCodes.Ldloc, cell.Scalar);
                _il.Emit(StoreOf(cell.Scalar.LocalType));
                continue;
            }

            for (int i = 0; i < cell.Locals.Length; i++)
            {
                _il.Emit(OpCodes.Ldloc, cell.Locals[i]);
                PushFrame(slot + (i * 32));
                _il.Emit(OpCodes.Call, VectorMethods.Store(typeof(int)));
            }
        }
    }

    private void SaveMasks(BitSet waiting)
    {
        PushFrame(ResumePoints.MaskOffset);
        _il.Emit(OpCodes.Ldloc, _mask);
        _il.Emit(OpCodes.Stind_I4);
        foreach (int block in waiting.Items())
        {
            PushFrame(ResumePoints.WaitingOffset(block));
            _il.Emit(OpCodes.Ldloc, WaitingAt(block));
            _il.Emit(OpCodes.Stind_I4);
        }
    }

    private void LoadFrame(Landing landing)
    {
        PushFrame(ResumePoints.MaskOffset);
        _il.Emit(OpCodes.Ldind_U4);
        _il.Emit(OpCodes.Stloc, _mask);
        foreach (int block in _shapes.Frontiers.Waiting(landing.Block).Items())
        {
            if (_waiting[block] is { } local)
            {
                PushFrame(ResumePoints.WaitingOffset(block));
                _il.Emit(OpCodes.Ldind_U4);
                _il.Emit(OpCodes.Stloc, local);
            }
        }

        foreach (Cell cell in landing.Cells)
        {
            int slot = _resume.SlotOf(cell.Register, cell.Bits);
            if (cell.Shape.IsScalar)
            {
                PushFrame(slot);
                _il.Emit(LoadOf(cell.Scalar.LocalType));
                _il.Emit(OpCodes.Stloc, cell.Scalar);
                continue;
            }

            for (int i = 0; i < cell.Locals.Length; i++)
            {
                PushFrame(slot + (i * 32));
                _il.Emit(OpCodes.Call, VectorMethods.Load(typeof(int)));
                _il.Emit(OpCodes.Stloc, cell.Locals[i]);
            }
        }
    }

    /// <summary>
    /// Consumes a condition: where it does not hold, the warp leaves before this instruction for the code without
    /// affine rules.
    /// </summary>
    private void RequireAffine(Instruction instruction)
    {
        Label holds = _il.DefineLabel();
        _il.Emit(OpCodes.Brtrue, holds);
        int state = _resume.NumberOf(_node.Index, _place * 2);
        _sites[state] = instruction;
        _generalize ??= _il.DefineLabel();
        _site ??= _il.DeclareLocal(typeof(int));
        _il.Emit(OpCodes.Ldc_I4, state);
        _il.Emit(OpCodes.Stloc, _site);
        _il.Emit(OpCodes.Br, _generalize.Value);
        _il.MarkLabel(holds);
        foreach (Cell cell in CellsFor(_node.Index, _liveWithin[_place]))
        {
            _savedHere[cell.Register] = cell;
            _resume.SlotOf(cell.Register, cell.Bits);
        }
    }

    /// <summary>One way out for all the affine rules of a block, registers in the shapes that the other code expects.</summary>
    private void EmitGeneralize(BlockNode node)
    {
        if (_generalize is { } label)
        {
            ShapeAnalysis general = _general!;
            _il.MarkLabel(label);
            SaveMasks(_shapes.Frontiers.Waiting(node.Index));
            foreach (int block in general.Frontiers.Waiting(node.Index).Items())
            {
                if (!_shapes.Frontiers.Waiting(node.Index)[block])
                {
                    PushFrame(ResumePoints.WaitingOffset(block));
                    _il.Emit(OpCodes.Ldc_I4_0);
                    _il.Emit(OpCodes.Stind_I4);
                }
            }

            foreach (Cell cell in _savedHere.Values)
            {
                SaveGeneral(cell, general.Of(cell.Register).IsVector);
            }

            _il.Emit(OpCodes.Ldloc, _site!);
            _il.Emit(OpCodes.Ldc_I4_2);
            _il.Emit(OpCodes.Shl);
            _il.Emit(OpCodes.Ldc_I4, Transfer.Generalize);
            _il.Emit(OpCodes.Or);
            _il.Emit(OpCodes.Ret);
        }

        _generalize = null;
        _savedHere.Clear();
    }

    private void SaveGeneral(Cell cell, bool asVector)
    {
        int slot = _resume.SlotOf(cell.Register, cell.Bits);
        if (cell.Shape.IsScalar && !asVector)
        {
            PushFrame(slot);
            _il.Emit(OpCodes.Ldloc, cell.Scalar);
            _il.Emit(StoreOf(cell.Scalar.LocalType));
            return;
        }

        int count = _vectors * (cell.Bits == 128 ? 4 : cell.Bits == 64 ? 2 : 1);
        for (int i = 0; i < count; i++)
        {
            PushCell(cell, i);
            PushFrame(slot + (i * 32));
            _il.Emit(OpCodes.Call, VectorMethods.Store(typeof(int)));
        }
    }

    private static OpCode LoadOf(Type type) =>
        type == typeof(float) ? OpCodes.Ldind_R4
        : type == typeof(double) ? OpCodes.Ldind_R8
        : type == typeof(long) ? OpCodes.Ldind_I8
        : OpCodes.Ldind_I4;

    private static OpCode StoreOf(Type type) =>
        type == typeof(float) ? OpCodes.Stind_R4
        : type == typeof(double) ? OpCodes.Stind_R8
        : type == typeof(long) ? OpCodes.Stind_I8
        : OpCodes.Stind_I4;
}

using System.Reflection.Emit;
using System.Runtime.Intrinsics;
using TensorWasm.Gpu.Cpu.Execution;
using TensorWasm.Ptx.Ir;
using TensorWasm.Ptx.Isa;
using TensorWasm.Ptx.Syntax;
using Label = System.Reflection.Emit.Label;

namespace TensorWasm.Gpu.Cpu.Compilation;

/// <summary>Control flow: blocks, divergence, and threads that meet again.</summary>
internal sealed partial class KernelEmitter
{
    private const int MaxDivergentTable = 256;

    private readonly List<LocalBuilder> _borrowed = [];
    private readonly BitSet _waited;
    private int[] _methodOf = [];
    private int _methodNumber;
    private int _place;

    /// <summary>Where a block's code begins, and before that, where its waiting threads become those that run.</summary>
    private Label[] _bodyLabels = [];
    private Label[] _enterLabels = [];
    private LocalBuilder?[] _waiting = [];
    private Label _prologue;
    private Label _start;
    private BlockNode _node = null!;

    private uint FullMask => _launch.Width == 32 ? uint.MaxValue : (1u << _launch.Width) - 1;

    private void BeginControl()
    {
        int count = _graph.Nodes.Length;
        _mask = _il.DeclareLocal(typeof(uint));
        _bodyLabels = new Label[count];
        _enterLabels = new Label[count];
        _waiting = new LocalBuilder?[count];
        _bases.Clear();
        _landings.Clear();
        _site = null;
        _generalize = null;
        _borrowed.Clear();
        for (int block = 0; block < count; block++)
        {
            _bodyLabels[block] = _il.DefineLabel();
            _enterLabels[block] = _il.DefineLabel();
        }

        _prologue = _il.DefineLabel();
        _start = _il.DefineLabel();
        _il.Emit(OpCodes.Br, _prologue);
        _il.MarkLabel(_start);
        _il.Emit(OpCodes.Br, _bodyLabels[_first]);
    }

    /// <summary>The prologue stands last, because only now it is known what it must load and where states resume.</summary>
    private void EndControl()
    {
        EmitFarBlocks();
        _il.MarkLabel(_prologue);
        LoadContext(nameof(WarpContext.Mask));
        _il.Emit(OpCodes.Stloc, _mask);
        foreach ((string field, LocalBuilder local) in _bases)
        {
            LoadContext(field);
            _il.Emit(OpCodes.Stloc, local);
        }

        foreach (LocalBuilder? waiting in _waiting)
        {
            if (waiting is not null)
            {
                _il.Emit(OpCodes.Ldc_I4_0);
                _il.Emit(OpCodes.Stloc, waiting);
            }
        }

        EmitLandings();
    }

    private LocalBuilder WaitingAt(int block) => _waiting[block] ??= _il.DeclareLocal(typeof(uint));

    private void BeginBlock(BlockNode node)
    {
        _node = node;
        _maskVectors = null;
        if (_waited[node.Index])
        {
            EnterWaiting(node.Index);
        }

        _il.MarkLabel(_bodyLabels[node.Index]);
    }

    private void EnterWaiting(int block)
    {
        _il.MarkLabel(_enterLabels[block]);
        _il.Emit(OpCodes.Ldloc, WaitingAt(block));
        _il.Emit(OpCodes.Stloc, _mask);
        _il.Emit(OpCodes.Ldc_I4_0);
        _il.Emit(OpCodes.Stloc, WaitingAt(block));
    }

    private BitSet FindWaited()
    {
        var waited = new BitSet(_graph.Nodes.Length);
        foreach (BlockNode node in _graph.Nodes)
        {
            waited.UnionWith(_shapes.Frontiers.Waiting(node.Index));
            foreach (int successor in node.Successors)
            {
                waited.Add(successor);
            }
        }

        return waited;
    }

    private void EmitTerminator(BlockNode node)
    {
        Instruction? terminator = node.Terminator;
        if (GoesBack(node))
        {
            EmitPoll(node);
        }

        if (terminator is null)
        {
            Go(node.Next);
            return;
        }

        Guard? guard = terminator.Guard;
        bool isTable = terminator.Opcode.Effect == Effect.BranchTable;
        if (guard is not null && _shapes.Of(guard.Register.Id).IsUniform)
        {
            Label otherwise = _il.DefineLabel();
            PushBool(guard.Register);
            _il.Emit(guard.IsNegated ? OpCodes.Brtrue : OpCodes.Brfalse, otherwise);
            GoWhereTaken(node, terminator, isTable);
            _il.MarkLabel(otherwise);
            Go(node.Next);
        }
        else if (guard is null && !(isTable && _shapes.IsDivergent(node.Index)))
        {
            GoWhereTaken(node, terminator, isTable);
        }
        else
        {
            Diverge(node, terminator, isTable);
        }
    }

    /// <summary>Whether control may leave a block for one that stands no later: each cycle has such a block.</summary>
    private static bool GoesBack(BlockNode node) => node.Successors.Any(next => next <= node.Index);

    private void EmitPoll(BlockNode node)
    {
        Label go = _il.DefineLabel();
        int offset = ContextField.OffsetOf(nameof(WarpContext.Turns));
        _il.Emit(OpCodes.Ldarg_1);
        _il.Emit(OpCodes.Ldc_I4, offset);
        _il.Emit(OpCodes.Add);
        LoadContext(nameof(WarpContext.Turns));
        _il.Emit(OpCodes.Ldc_I4_1);
        _il.Emit(OpCodes.Sub);
        _il.Emit(OpCodes.Stind_I4);
        LoadContext(nameof(WarpContext.Turns));
        _il.Emit(OpCodes.Ldc_I4_0);
        _il.Emit(OpCodes.Bge, go);
        SourcePosition position = (node.Terminator ?? node.Code.LastOrDefault())?.Position ?? default;
        _il.Emit(OpCodes.Ldarg_1);
        _il.Emit(OpCodes.Ldloc, _mask);
        _il.Emit(OpCodes.Ldc_I4, position.Line);
        _il.Emit(OpCodes.Ldc_I4, position.Column);
        _il.Emit(OpCodes.Call, Helper(typeof(DeadlinePoll), nameof(DeadlinePoll.IsLate)));
        _il.Emit(OpCodes.Brfalse, go);
        _il.Emit(OpCodes.Ldc_I4_0);
        _il.Emit(OpCodes.Ret);
        _il.MarkLabel(go);
    }

    private void GoWhereTaken(BlockNode node, Instruction terminator, bool isTable)
    {
        if (node.Exits)
        {
            Leave();
        }
        else if (!isTable)
        {
            Go(node.Targets[0]);
        }
        else
        {
            Label[] labels = [.. node.Targets.Select(_ => _il.DefineLabel())];
            PushScalar(terminator.Operands[0], PtxType.U32);
            _il.Emit(OpCodes.Switch, labels);
            _il.Emit(OpCodes.Br, labels[^1]);
            for (int i = 0; i < labels.Length; i++)
            {
                _il.MarkLabel(labels[i]);
                Go(node.Targets[i]);
            }
        }
    }

    /// <summary>All threads that run go to one block, unless others wait at an earlier one.</summary>
    private void Go(int target)
    {
        BitSet waiting = _shapes.Frontiers.Waiting(_node.Index);
        int[] earlier = [.. waiting.Items().Where(block => block < target)];
        Reach(target);
        if (earlier.Length == 0 && !waiting[target])
        {
            _il.Emit(OpCodes.Br, _bodyLabels[target]);
            return;
        }

        _il.Emit(OpCodes.Ldloc, _mask);
        AddWaiting(target, waiting);
        Choose(earlier);
        _il.Emit(OpCodes.Br, _enterLabels[target]);
    }

    /// <summary>The threads that run end; others may wait.</summary>
    private void Leave()
    {
        Choose(_shapes.Frontiers.Waiting(_node.Index).Items());
        _il.Emit(OpCodes.Ldc_I4_0);
        _il.Emit(OpCodes.Ret);
    }

    private void Diverge(BlockNode node, Instruction terminator, bool isTable)
    {
        BitSet waiting = _shapes.Frontiers.Waiting(node.Index);
        LocalBuilder rest = _pool.Rent(typeof(uint));
        if (terminator.Guard is { } guard)
        {
            PushBits(guard.Register, guard.IsNegated);
            _il.Emit(OpCodes.Ldloc, _mask);
            _il.Emit(OpCodes.And);
        }
        else
        {
            _il.Emit(OpCodes.Ldloc, _mask);
        }

        LocalBuilder taken = _pool.Rent(typeof(uint));
        _il.Emit(OpCodes.Stloc, taken);
        _il.Emit(OpCodes.Ldloc, _mask);
        _il.Emit(OpCodes.Ldloc, taken);
        _il.Emit(OpCodes.Xor);
        _il.Emit(OpCodes.Stloc, rest);
        HashSet<int> added = [];
        if (isTable)
        {
            DivergeByTable(node, terminator, taken, waiting, added);
        }
        else if (!node.Exits)
        {
            _il.Emit(OpCodes.Ldloc, taken);
            AddWaiting(node.Targets[0], waiting);
            added.Add(node.Targets[0]);
        }

        if (node.Next >= 0)
        {
            _il.Emit(OpCodes.Ldloc, rest);
            AddWaiting(node.Next, waiting, added.Contains(node.Next));
            added.Add(node.Next);
        }

        _pool.Return(rest);
        _pool.Return(taken);
        if (node.Exits)
        {
            Choose([.. waiting.Items().Concat(added).Distinct().Order()]);
            _il.Emit(OpCodes.Ldc_I4_0);
            _il.Emit(OpCodes.Ret);
            return;
        }

        int last = added.Max();
        Choose([.. waiting.Items().Concat(added).Distinct().Order().Where(block => block < last)]);
        Reach(last);
        _il.Emit(OpCodes.Br, _enterLabels[last]);
    }

    private void DivergeByTable(
        BlockNode node, Instruction terminator, LocalBuilder taken, BitSet waiting, HashSet<int> added)
    {
        if (node.Targets.Length > MaxDivergentTable)
        {
            throw new CpuKernelException($"a branch table that threads use differently has more than {MaxDivergentTable} labels");
        }

        for (int i = 0; i < node.Targets.Length; i++)
        {
            for (int j = 0; j < _vectors; j++)
            {
                PushVector(terminator.Operands[0], PtxType.U32, j);
                _il.Emit(OpCodes.Ldc_I4, i);
                _il.Emit(OpCodes.Call, VectorMethods.Create(typeof(int)));
                _il.Emit(OpCodes.Call, VectorMethods.Get(nameof(Vector256.Equals), typeof(int)));
                AppendBits(j);
            }

            _il.Emit(OpCodes.Ldloc, taken);
            _il.Emit(OpCodes.And);
            AddWaiting(node.Targets[i], waiting, !added.Add(node.Targets[i]));
        }
    }

    /// <summary>Adds the threads on the stack to those that wait at a block.</summary>
    private void AddWaiting(int block, BitSet waiting, bool isRepeated = false)
    {
        if (waiting[block] || isRepeated)
        {
            _il.Emit(OpCodes.Ldloc, WaitingAt(block));
            _il.Emit(OpCodes.Or);
        }

        _il.Emit(OpCodes.Stloc, WaitingAt(block));
    }

    private void Choose(IEnumerable<int> blocks)
    {
        foreach (int block in blocks)
        {
            Reach(block);
            _il.Emit(OpCodes.Ldloc, WaitingAt(block));
            _il.Emit(OpCodes.Brtrue, _enterLabels[block]);
        }
    }
}

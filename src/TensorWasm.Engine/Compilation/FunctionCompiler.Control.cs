using System.Reflection.Metadata;
using TensorWasm.Engine.CompilerServices;
using TensorWasm.Wasm;

namespace TensorWasm.Engine.Compilation;

/// <content>Structured control flow and branches (section 4.6.8).</content>
internal sealed partial class FunctionCompiler
{
    private void CompileControl(Opcode opcode, ref CodeReader reader)
    {
        switch (opcode)
        {
            case Opcode.Nop:
                break;
            case Opcode.Unreachable:
                UseAbandoned(0, 0);
                DropOnIl(0);
                UseUnreadLocals();
                EmitThrow(nameof(TrapThrow.Unreachable));
                MakeUnreachable();
                break;
            case Opcode.Block:
                Flush();
                PushControl(ControlKind.Block, ReadBlockType(_module, ref reader));
                break;
            case Opcode.Loop:
                Flush();
                PushControl(ControlKind.Loop, ReadBlockType(_module, ref reader));
                _il.Mark(_controls[^1].Target);
                break;
            case Opcode.If:
                CompileIf(ReadBlockType(_module, ref reader), reader);
                break;
            case Opcode.Else:
                CompileElse(fallsThrough: true);
                break;
            case Opcode.End:
                CompileEnd(fallsThrough: true);
                break;
            case Opcode.Br:
                CompileBranch((int)reader.ReadU32());
                break;
            case Opcode.BrIf:
                CompileBranchIf((int)reader.ReadU32());
                break;
            case Opcode.BrTable:
                CompileBranchTable(ref reader);
                break;
            case Opcode.Return:
                EmitReturn();
                MakeUnreachable();
                break;
            case Opcode.BrOnNull or Opcode.BrOnNonNull:
                CompileBranchOnNull((int)reader.ReadU32(), opcode == Opcode.BrOnNull);
                break;
        }
    }

    internal static FunctionType ReadBlockType(WasmModule module, ref CodeReader reader)
    {
        var first = reader.PeekByte();
        if (first == 0x40)
        {
            reader.ReadByte();
            return FunctionType.Empty;
        }
        if ((first & 0xC0) == 0x40) return new FunctionType([], [reader.ReadValueType()]);
        return (FunctionType)module.Types[(int)reader.ReadS33()].Composite;
    }

    private void PushControl(ControlKind kind, FunctionType type)
    {
        _controls.Add(new Control
        {
            Kind = kind,
            Height = _stack.Count - type.Parameters.Count,
            Parameters = type.Parameters,
            Results = type.Results,
            Target = _il.DefineLabel(),
            Else = kind == ControlKind.If ? _il.DefineLabel() : default,
        });
    }

    private void CompileIf(FunctionType type, CodeReader reader)
    {
        if (KeepsDeadValues && IsEmptyIf(reader))
        {
            Need(1);
            _il.Op(ILOpCode.Dup);
            EmitUse(ValueKind.I32);
        }
        PopCondition();
        PushControl(ControlKind.If, type);
        _il.Branch(ILOpCode.Brfalse, _controls[^1].Else);
    }

    private void CompileElse(bool fallsThrough)
    {
        var control = _controls[^1];
        if (fallsThrough)
        {
            Flush();
            control.EndReached = true;
            _il.Branch(ILOpCode.Br, control.Target);
        }
        ResetStack(control.Height, control.Parameters);
        _knownGlobals.Clear();
        _il.Mark(control.Else);
        control.Kind = ControlKind.Else;
        control.IsReachable = true;
        control.IsAbandoned = false;
    }

    private void CompileEnd(bool fallsThrough)
    {
        _knownGlobals.Clear();
        var control = _controls[^1];
        if (control.Kind == ControlKind.Function)
        {
            CompileFunctionEnd(control, fallsThrough);
            return;
        }

        if (fallsThrough)
        {
            Flush();
            control.EndReached = true;
        }
        if (control.Kind == ControlKind.If)
        {
            // Without an else, the parameters pass through: they lie in the slots where the results are expected.
            _il.Mark(control.Else);
            control.EndReached = true;
        }
        if (control.Kind != ControlKind.Loop && control.EndReached) _il.Mark(control.Target);

        _controls.RemoveAt(_controls.Count - 1);
        ResetStack(control.Height, control.Results);
        if (!control.EndReached) MakeUnreachable();
    }

    private void CompileFunctionEnd(Control control, bool fallsThrough)
    {
        _controls.RemoveAt(_controls.Count - 1);
        if (fallsThrough && !control.EndReached)
        {
            EmitReturn();
            return;
        }
        if (fallsThrough) Flush();
        if (control.EndReached)
        {
            _il.Mark(control.Target);
            ResetStack(0, control.Results);
            EmitReturn();
        }
    }

    /// <summary>The operand stack after a join: everything in slots.</summary>
    private void ResetStack(int height, IReadOnlyList<ValueType> top)
    {
        _stack.RemoveRange(height, _stack.Count - height);
        foreach (var type in top) _stack.Add(type.Kind);
        _onIl = 0;
    }

    private void MakeUnreachable()
    {
        if (_controls.Count == 0) return;
        _controls[^1].IsReachable = false;
        _controls[^1].UnreachableDepth = 0;
        _onIl = 0;
    }

    /// <summary>Steps over an instruction that can't be reached, up to the else or end that makes code reachable.</summary>
    private void SkipUnreachable(Opcode opcode, ref CodeReader reader)
    {
        var control = _controls[^1];
        switch (opcode)
        {
            case Opcode.Block or Opcode.Loop or Opcode.If or Opcode.TryTable:
                control.UnreachableDepth++;
                break;
            case Opcode.Else when control.UnreachableDepth == 0:
                CompileElse(fallsThrough: false);
                return;
            case Opcode.End when control.UnreachableDepth == 0:
                CompileEnd(fallsThrough: false);
                return;
            case Opcode.End:
                control.UnreachableDepth--;
                return;
        }
        reader.SkipImmediates(OpcodeTable.Get(opcode));
    }

    private void CompileBranch(int depth)
    {
        var target = _controls[_controls.Count - 1 - depth];
        if (target.Kind != ControlKind.Function) UseAbandoned(target.Height, target.LabelTypes.Count);
        EmitBranch(target);
        MakeUnreachable();
    }

    /// <summary>Moves a label's values to where it expects them, drops the rest, and goes there.</summary>
    private void EmitBranch(Control target)
    {
        if (target.Kind == ControlKind.Function)
        {
            EmitReturn();
            return;
        }
        if (target.Kind == ControlKind.Exit)
        {
            EmitExit(target);
            return;
        }
        MoveLabelValues(target);
        target.EndReached = true;
        if (target.Kind == ControlKind.Loop) EmitBackEdge(target.Target);
        else _il.Branch(ILOpCode.Br, target.Target);
    }

    /// <summary>
    /// Whether a branch is a jump and nothing more: no value has to move, and it neither returns nor begins another round of
    /// a loop.
    /// </summary>
    private bool IsDirect(Control target) =>
        target.Kind is not (ControlKind.Function or ControlKind.Loop or ControlKind.Exit)
        && (target.Results.Count == 0 || _stack.Count == target.Height + target.Results.Count);

    private void MoveLabelValues(Control target)
    {
        var count = target.LabelTypes.Count;
        var inPlace = _stack.Count == target.Height + count;
        if (count > 0 && !(inPlace && _onIl == 0))
        {
            Need(count);
            for (var i = count - 1; i >= 0; i--) _il.Stloc(Slot(target.Height + i, _stack[_stack.Count - count + i]));
            _onIl -= count;
        }
        while (_onIl > 0)
        {
            _il.Op(ILOpCode.Pop);
            _onIl--;
        }
    }

    private void CompileBranchIf(int depth)
    {
        var target = _controls[_controls.Count - 1 - depth];
        PopCondition();
        if (IsDirect(target))
        {
            target.EndReached = true;
            _il.Branch(ILOpCode.Brtrue, target.Target);
            return;
        }

        var stay = _il.DefineLabel();
        _il.Branch(ILOpCode.Brfalse, stay);
        EmitBranchKeepingStack(target);
        _il.Mark(stay);
    }

    /// <summary>Takes the condition and leaves only it on the CIL stack; every other value is in its slot.</summary>
    private void PopCondition()
    {
        Need(1);
        HideCondition();
        if (_onIl > 1)
        {
            var condition = Scratch(Peek());
            _il.Stloc(condition);
            Pop(1);
            Flush();
            _il.Ldloc(condition);
        }
        else
        {
            Pop(1);
        }
    }

    /// <summary>A branch that is taken on one path only: the stack stays as it is for the other.</summary>
    private void EmitBranchKeepingStack(Control target)
    {
        var saved = _stack.ToArray();
        EmitBranch(target);
        _stack.Clear();
        _stack.AddRange(saved);
        _onIl = 0;
    }

    private void CompileBranchTable(ref CodeReader reader)
    {
        var count = (int)reader.ReadU32();
        var targets = new Control[count + 1];
        for (var i = 0; i <= count; i++) targets[i] = _controls[_controls.Count - 1 - (int)reader.ReadU32()];
        PopCondition();
        if (KeepsDeadValues) UseAbandonedByTable(targets);

        // A target that takes more than a jump gets a landing of its own.
        var landings = new Dictionary<Control, IlLabel>();
        var labels = new IlLabel[count + 1];
        for (var i = 0; i <= count; i++)
        {
            var target = targets[i];
            if (IsDirect(target))
            {
                target.EndReached = true;
                labels[i] = target.Target;
            }
            else if (!landings.TryGetValue(target, out labels[i]))
            {
                landings[target] = labels[i] = _il.DefineLabel();
            }
        }

        if (count > 0) _il.Switch(labels.AsSpan(0, count));
        else _il.Op(ILOpCode.Pop);
        _il.Branch(ILOpCode.Br, labels[count]);
        foreach (var (target, label) in landings)
        {
            _il.Mark(label);
            EmitBranchKeepingStack(target);
        }
        MakeUnreachable();
    }

    private void CompileBranchOnNull(int depth, bool onNull)
    {
        var target = _controls[_controls.Count - 1 - depth];
        var reference = Scratch(ValueKind.Reference);
        PopCondition();
        _il.Op(ILOpCode.Dup);
        _il.Stloc(reference);
        var stay = _il.DefineLabel();
        _il.Branch(onNull ? ILOpCode.Brtrue : ILOpCode.Brfalse, stay);
        if (!onNull)
        {
            _il.Ldloc(reference);
            Push(ValueKind.Reference);
            EmitBranchKeepingStack(target);
            _stack.RemoveAt(_stack.Count - 1);
        }
        else
        {
            EmitBranchKeepingStack(target);
        }
        _il.Mark(stay);
        if (onNull)
        {
            _il.Ldloc(reference);
            Push(ValueKind.Reference);
        }
    }

    private void EmitReturn()
    {
        if (_part is not null)
        {
            EmitExit(_controls[0]);
            return;
        }
        var count = _type.Results.Count;
        UseAbandoned(0, count);
        if (count > 0) Need(count);
        UseUnreadLocals();
        if (_onIl > count) DropOnIl(count);
        if (count > 7) EmitNestedTuple(ClrTypes.OfResults(_type.Results), count);
        else if (count > 1) _il.Op(ILOpCode.Newobj, _references.Method(ClrTypes.OfResults(_type.Results).GetConstructors()[0]).Value);
        _il.Op(ILOpCode.Ret);
        _onIl = 0;
    }

    /// <summary>Drops what the CIL stack holds below its topmost <paramref name="keep"/> values.</summary>
    private void DropOnIl(int keep)
    {
        if (_onIl == keep) return;
        var kept = _stack.Count - keep;
        for (var i = _stack.Count - 1; i >= kept; i--) _il.Stloc(Slot(i, _stack[i]));
        for (var i = _onIl - keep; i > 0; i--) _il.Op(ILOpCode.Pop);
        for (var i = kept; i < _stack.Count; i++) _il.Ldloc(Slot(i, _stack[i]));
        _onIl = keep;
    }

    /// <summary>
    /// Goes to the head of a loop unless the store was interrupted. The test is the jump back itself: at the head it would be
    /// one more branch each time around. It is a branch rather than a load from a page that can be protected, since RyuJIT
    /// removes such a load where it believes it redundant.
    /// </summary>
    private void EmitBackEdge(IlLabel head)
    {
        _interrupted ??= _il.DefineLabel();
        LoadContext();
        _il.Op(ILOpCode.Volatile);
        _il.Field(ILOpCode.Ldfld, _references.Field(Members.IsInterrupted));
        _il.Branch(ILOpCode.Brfalse, head);
        _il.Branch(ILOpCode.Br, _interrupted.Value);
    }

    /// <summary>Where every poll of the function goes when it is time: behind everything else, out of the way.</summary>
    private void EmitInterruptionExit()
    {
        if (_interrupted is not { } label) return;
        _il.Mark(label);
        EmitThrow(nameof(TrapThrow.Interrupted));
    }

    /// <summary>Throws a trap: the helper makes the exception, so that RyuJIT sees that the path ends here.</summary>
    private void EmitThrow(string helper) => EmitThrow(Members.Method(typeof(TrapThrow), helper));

    private void EmitThrow(System.Reflection.MethodInfo helper)
    {
        CallHelper(helper);
        _il.Op(ILOpCode.Ldnull);
        _il.Op(ILOpCode.Throw);
    }
}

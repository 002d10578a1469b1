using System.Reflection.Metadata;
using TensorWasm.Wasm;

namespace TensorWasm.Engine.Compilation;

/// <content>
/// RyuJIT turns a load whose value nobody uses into a test of its first four bytes, so that a wider one that straddles the
/// memory's end would not trap. With guard pages such values are therefore used: stored in a field that nothing reads.
/// That concerns values that are dropped, operands that a branch leaves behind, and locals that are set and not read
/// before they are set again or the function ends.
/// </content>
internal sealed partial class FunctionCompiler
{
    /// <summary>
    /// How many locals may wait to be read; beyond that the oldest is used at once. It bounds what a return must look at.
    /// </summary>
    private const int MaxUnread = 8;

    /// <summary>Bytes of a function's instructions up to which it may be inlined.</summary>
    internal const int SmallFunction = 128;

    /// <summary>Locals that were set and not read since, as the code is written, oldest first.</summary>
    private readonly List<int> _unread = [];

    /// <summary>Whether the operands may derive from a load of more than four bytes.</summary>
    private bool _derivesFromWideLoad;

    /// <summary>Whether dead values need any care.</summary>
    private bool KeepsDeadValues => _options.GuardPages && _module.Memories.Count > 0;

    /// <summary>Uses the value on top of the CIL stack, and takes it away.</summary>
    private void EmitUse(ValueKind kind)
    {
        if (!KeepsDeadValues || kind == ValueKind.Reference)
        {
            _il.Op(ILOpCode.Pop);
            return;
        }
        var value = Scratch(kind);
        _il.Stloc(value);
        LoadContext();
        _il.Ldloc(value);
        _il.Field(ILOpCode.Stfld, _references.Field(Members.Unused(kind)));
    }

    /// <summary>Uses what a local holds; the stack stays as it is.</summary>
    private void EmitUseOfLocal(int local)
    {
        LoadContext();
        LoadLocal(local);
        _il.Field(ILOpCode.Stfld, _references.Field(Members.Unused(_wasmLocals[local])));
    }

    private void NoteWide(ValueKind kind) => _derivesFromWideLoad |= kind is ValueKind.I64 or ValueKind.F64;

    /// <summary>Called before a local is set; the new value is on the CIL stack.</summary>
    private void NoteSet(int local)
    {
        if (!KeepsDeadValues) return;
        var index = _unread.IndexOf(local);
        if (index >= 0)
        {
            EmitUseOfLocal(local);
            _unread.RemoveAt(index);
        }
        var kind = _wasmLocals[local];
        if (kind == ValueKind.Reference || !(_derivesFromWideLoad || kind is ValueKind.I64 or ValueKind.F64)) return;
        if (_previous is Opcode.I32Const or Opcode.I64Const or Opcode.F32Const or Opcode.F64Const) return;
        if (_unread.Count == MaxUnread)
        {
            EmitUseOfLocal(_unread[0]);
            _unread.RemoveAt(0);
        }
        _unread.Add(local);
    }

    /// <summary>What a caller passes to a function that RyuJIT may inline is as dead there as a local.</summary>
    private void NoteParameters()
    {
        if (!KeepsDeadValues || _module.Bodies[_index - _module.ImportedFunctions].Code.Length > SmallFunction) return;
        for (var i = 0; i < _contextArgument && _unread.Count < MaxUnread; i++)
        {
            if (_wasmLocals[i] is ValueKind.I64 or ValueKind.F64 or ValueKind.V128) _unread.Add(i);
        }
    }

    private void NoteRead(int local)
    {
        if (!KeepsDeadValues) return;
        NoteWide(_wasmLocals[local]);
        if (_unread.Count > 0) _unread.Remove(local);
    }

    /// <summary>Called where the function is left: the locals end here.</summary>
    private void UseUnreadLocals()
    {
        foreach (var local in _unread) EmitUseOfLocal(local);
    }

    /// <summary>
    /// Uses the operands that control leaves behind between a label's height and the values that it takes along. Operands of
    /// the outer blocks are used once only, since a value that is used on one path is computed on all.
    /// </summary>
    private void UseAbandoned(int height, int kept)
    {
        if (!KeepsDeadValues || _stack.Count - kept <= height) return;
        Flush();
        var end = _stack.Count - kept;
        for (var i = _controls.Count - 1; i >= 0 && end > height; i--)
        {
            var control = _controls[i];
            var start = Math.Max(height, control.Height);
            if (!control.IsAbandoned)
            {
                for (var position = start; position < end; position++)
                {
                    if (_stack[position] == ValueKind.Reference) continue;
                    _il.Ldloc(Slot(position, _stack[position]));
                    EmitUse(_stack[position]);
                }
                control.IsAbandoned = true;
            }
            end = Math.Min(end, start);
        }
    }

    private void UseAbandonedByTable(Control[] targets)
    {
        // Every label of a table takes the same values.
        var height = targets.Min(target => target.Kind == ControlKind.Function ? 0 : target.Height);
        UseAbandoned(height, targets[^1].LabelTypes.Count);
    }

    /// <summary>
    /// Keeps RyuJIT from knowing a condition: what the branch that is never taken would have used would be dead.
    /// </summary>
    private void HideCondition()
    {
        if (!KeepsDeadValues || _previous != Opcode.I32Const) return;
        LoadContext();
        _il.Field(ILOpCode.Ldfld, _references.Field(Members.NoBits32));
        _il.Op(ILOpCode.Or);
    }

    /// <summary>Whether the if that was just read has no instructions: nothing depends on its condition.</summary>
    private static bool IsEmptyIf(CodeReader reader)
    {
        var next = reader.ReadOpcode();
        return next == Opcode.End || next == Opcode.Else && reader.ReadOpcode() == Opcode.End;
    }
}

using System.Reflection.Metadata;
using TensorWasm.Engine.CompilerServices;
using TensorWasm.Wasm;

namespace TensorWasm.Engine.Compilation;

/// <content>Parametric and variable instructions (sections 4.6.5 and 4.6.6).</content>
internal sealed partial class FunctionCompiler
{
    private const int MaxLocalsOfGlobals = 16;

    private readonly Dictionary<int, int> _localsOfGlobals = [];
    private readonly Dictionary<int, int> _knownGlobals = [];

    private void CompileVariable(Opcode opcode, ref CodeReader reader)
    {
        switch (opcode)
        {
            case Opcode.Drop:
                CompileDrop();
                break;
            case Opcode.Select:
                CompileSelect();
                break;
            case Opcode.SelectTyped:
                reader.SkipImmediates(OpcodeTable.Get(opcode));
                CompileSelect();
                break;
            case Opcode.LocalGet:
                var local = (int)reader.ReadU32();
                NoteRead(local);
                LoadReadLocal(local);
                Push(_wasmLocals[local]);
                break;
            case Opcode.LocalSet:
                var target = (int)reader.ReadU32();
                Need(1);
                NoteSet(target);
                StoreLocal(target);
                Pop(1);
                if (_stack.Count == 0) _derivesFromWideLoad = false;
                break;
            case Opcode.LocalTee:
                var copy = (int)reader.ReadU32();
                Need(1);
                NoteSet(copy);
                _il.Op(ILOpCode.Dup);
                StoreLocal(copy);
                break;
            case Opcode.GlobalGet:
                CompileGlobalGet((int)reader.ReadU32());
                break;
            case Opcode.GlobalSet:
                CompileGlobalSet((int)reader.ReadU32());
                break;
        }
    }

    private void LoadLocal(int local)
    {
        var home = HomeOf(local);
        if (home < 0) _il.Ldarg(~home);
        else _il.Ldloc(home);
    }

    private void StoreLocal(int local)
    {
        var home = HomeOf(local);
        if (home < 0) _il.Starg(~home);
        else _il.Stloc(home);
    }

    /// <summary>Loads a local that may still have the value with which it began.</summary>
    private void LoadReadLocal(int local)
    {
        LoadLocal(local);
        if (_wasmLocals[local] == ValueKind.V128 && _homes[local] >= 0) _vectorsRead.Add(local);
    }

    private int HomeOf(int local)
    {
        ref var home = ref _homes[local];
        if (home == NoHome) home = NewLocal(ClrTypes.Of(_wasmLocals[local]));
        return home;
    }

    private void CompileDrop()
    {
        if (_onIl == 0 && !KeepsDeadValues)
        {
            _stack.RemoveAt(_stack.Count - 1);
            return;
        }
        Need(1);
        if (_previous is Opcode.LocalGet or Opcode.GlobalGet or Opcode.LocalTee) _il.Op(ILOpCode.Pop);
        else EmitUse(Peek());
        Pop(1);
    }

    private void CompileGlobalGet(int index)
    {
        var kind = _module.Globals[index].Type.Kind;
        if (_knownGlobals.TryGetValue(index, out var known))
        {
            _il.Ldloc(known);
        }
        else
        {
            LoadGlobalOwner(index);
            _il.Field(ILOpCode.Ldfld, GlobalField(index, kind));
        }
        Push(kind);
    }

    private void CompileGlobalSet(int index)
    {
        var kind = _module.Globals[index].Type.Kind;
        var value = LocalOfGlobal(index, kind);
        Need(1);
        _il.Stloc(value);
        Pop(1);
        LoadGlobalOwner(index);
        _il.Ldloc(value);
        _il.Field(ILOpCode.Stfld, GlobalField(index, kind));
    }

    /// <summary>
    /// The local that keeps what a global was set to, up to the next place where other code joins or is called: RyuJIT
    /// reads a field again that was just written.
    /// </summary>
    private int LocalOfGlobal(int index, ValueKind kind)
    {
        // An imported global may be another one's double.
        if (kind == ValueKind.Reference || _layout.IsShared(index)) return Scratch(kind);
        if (!_localsOfGlobals.TryGetValue(index, out var local))
        {
            if (_localsOfGlobals.Count == MaxLocalsOfGlobals) return Scratch(kind);
            _localsOfGlobals[index] = local = NewLocal(ClrTypes.Of(kind));
        }
        _knownGlobals[index] = local;
        return local;
    }

    /// <summary>Loads the object whose field holds the global: the context, or the global's own.</summary>
    private void LoadGlobalOwner(int index)
    {
        LoadContext();
        if (!_layout.IsShared(index)) return;
        if (index < _layout.DirectGlobals)
        {
            _il.Field(ILOpCode.Ldfld, _layout.Globals[index]);
            return;
        }
        _il.Field(ILOpCode.Ldfld, _references.Field(Members.ContextGlobals));
        _il.LdcI4(index);
        _il.Op(ILOpCode.Ldelem_ref);
    }

    private EntityToken GlobalField(int index, ValueKind kind) =>
        _layout.IsShared(index) ? _references.Field(Members.GlobalValue(kind)) : _layout.Globals[index];

    private void CompileReference(Opcode opcode, ref CodeReader reader)
    {
        switch (opcode)
        {
            case Opcode.RefNull:
                reader.ReadS33();
                _il.Op(ILOpCode.Ldnull);
                Push(ValueKind.Reference);
                break;
            case Opcode.RefIsNull:
                Need(1);
                _il.Op(ILOpCode.Ldnull);
                _il.Op(ILOpCode.Ceq);
                Pop(1);
                Push(ValueKind.I32);
                break;
            case Opcode.RefEq:
                Need(2);
                _il.Op(ILOpCode.Ceq);
                Pop(2);
                Push(ValueKind.I32);
                break;
            case Opcode.RefFunc:
                LoadContext();
                _il.LdcI4((int)reader.ReadU32());
                CallHelper(Members.GetFunction);
                Push(ValueKind.Reference);
                break;
            case Opcode.RefAsNonNull:
                Need(1);
                CallHelper(Members.Method(typeof(ReferenceOperations), nameof(ReferenceOperations.AsNonNull)));
                break;
        }
    }
}

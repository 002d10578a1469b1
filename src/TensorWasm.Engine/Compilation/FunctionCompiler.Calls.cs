using System.Reflection.Metadata;
using TensorWasm.Engine.CompilerServices;
using TensorWasm.Wasm;

namespace TensorWasm.Engine.Compilation;

/// <content>
/// Calls (section 4.6.11). Arguments are on the CIL stack already; the callee's context goes last, so nothing has to move,
/// and with a pointer to code, that comes last of all.
/// </content>
internal sealed partial class FunctionCompiler
{
    /// <summary>Direct calls that a function's indirect calls may become: each takes blocks, of which RyuJIT optimises so many.</summary>
    private const int MaxKnownCallees = 64;

    private int _knownCallees;

    private void CompileCall(Opcode opcode, ref CodeReader reader)
    {
        if (opcode is Opcode.ReturnCall or Opcode.ReturnCallIndirect or Opcode.ReturnCallRef) _leavesByCall = true;
        else _callsOut = true;
        switch (opcode)
        {
            case Opcode.Call or Opcode.ReturnCall:
                CompileDirectCall((int)reader.ReadU32(), opcode == Opcode.ReturnCall);
                break;
            case Opcode.CallIndirect or Opcode.ReturnCallIndirect:
                var type = (int)reader.ReadU32();
                CompileIndirectCall(type, (int)reader.ReadU32(), opcode == Opcode.ReturnCallIndirect);
                break;
            default:
                CompileReferenceCall((int)reader.ReadU32(), opcode == Opcode.ReturnCallRef);
                break;
        }
    }

    private void CompileDirectCall(int function, bool isTail)
    {
        var type = _module.FunctionTypeOf(function);
        Need(type.Parameters.Count);
        if (isTail) LeaveForCall(type.Parameters.Count);
        if (function >= _module.ImportedFunctions)
        {
            LoadContext();
            if (isTail) _il.Op(ILOpCode.Tail);
            _il.Call(function == _index && !isTail
                ? _layout.Recursion.TargetOf(function - _module.ImportedFunctions, _copy)
                : _layout.Methods[function - _module.ImportedFunctions]);
        }
        else if (function < _layout.DirectImports)
        {
            LoadContext();
            _il.Field(ILOpCode.Ldfld, _layout.ImportContexts[function]);
            LoadContext();
            _il.Field(ILOpCode.Ldfld, _layout.ImportCodes[function]);
            EmitCalli(type, isTail);
        }
        else
        {
            var callee = Scratch(typeof(Function));
            LoadContext();
            _il.Field(ILOpCode.Ldfld, _references.Field(Members.ContextImports));
            _il.LdcI4(function);
            _il.Op(ILOpCode.Ldelem_ref);
            _il.Stloc(callee);
            EmitCallThrough(callee, type, isTail);
        }
        FinishCall(type, isTail);
    }

    /// <summary>Ends the function but for a call in its place, whose arguments are on the CIL stack.</summary>
    private void LeaveForCall(int arguments)
    {
        UseAbandoned(0, arguments);
        Need(arguments);
        DropOnIl(arguments);
        UseUnreadLocals();
    }

    private void CompileIndirectCall(int typeIndex, int table, bool isTail)
    {
        var type = (FunctionType)_module.Types[typeIndex].Composite;
        var kind = Peek();
        var index = Scratch(kind);
        var callee = Scratch(typeof(Function));
        Need(1);
        _il.Stloc(index);
        Pop(1);

        // The check branches, so the arguments wait in their slots.
        if (isTail) LeaveForCall(type.Parameters.Count);
        Flush();
        var done = EmitKnownCallees(table, typeIndex, index, isTail);
        LoadElements(table);
        _il.Ldloc(index);
        if (kind == ValueKind.I64) _il.Op(ILOpCode.Conv_u);
        _il.Op(ILOpCode.Ldelem_ref);
        _il.Stloc(callee);
        if (done is { } label)
        {
            _il.Ldloc(callee);
            EmitThrow(Members.Method(typeof(ReferenceOperations), nameof(ReferenceOperations.ThrowIndirectCall)));
            FinishKnownCall(type, label, isTail);
            return;
        }

        var matches = _il.DefineLabel();
        _il.Ldloc(callee);
        _il.Field(ILOpCode.Ldfld, _references.Field(Members.FunctionDefinedType));
        LoadDefinedType(typeIndex);
        _il.Branch(ILOpCode.Beq, matches);
        _il.Ldloc(callee);
        if (_module.Types[typeIndex].IsFinal)
        {
            EmitThrow(Members.Method(typeof(ReferenceOperations), nameof(ReferenceOperations.ThrowIndirectCall)));
        }
        else
        {
            LoadDefinedType(typeIndex);
            CallHelper(Members.Method(typeof(ReferenceOperations), nameof(ReferenceOperations.CheckIndirectCall)));
        }
        _il.Mark(matches);

        Need(type.Parameters.Count);
        EmitCallThrough(callee, type, isTail);
        FinishCall(type, isTail);
    }

    /// <summary>
    /// Calls directly what a constant table holds, by the element's index, so that RyuJIT may inline it. What is left is
    /// any other index, which traps.
    /// </summary>
    /// <returns>Where to go on with the result, in its slot; null where nothing was emitted.</returns>
    private IlLabel? EmitKnownCallees(int table, int typeIndex, int index, bool isTail)
    {
        var type = (FunctionType)_module.Types[typeIndex].Composite;
        var callees = _layout.ConstantTables.Callees(table, typeIndex);
        if (callees.Count == 0 || type.Results.Count > 1 || _knownCallees + callees.Count > MaxKnownCallees) return null;
        _knownCallees += callees.Count;
        _maxOnIl = Math.Max(_maxOnIl, type.Parameters.Count);
        var done = _il.DefineLabel();
        var first = _stack.Count - type.Parameters.Count;
        var labels = new IlLabel[callees.Count];
        for (var i = 0; i < labels.Length; i++)
        {
            labels[i] = _il.DefineLabel();
            _il.Ldloc(index);
            if (_module.Tables[table].Limits.Is64) _il.LdcI8((long)callees[i].Element);
            else _il.LdcI4((int)callees[i].Element);
            _il.Branch(ILOpCode.Beq, labels[i]);
        }
        var other = _il.DefineLabel();
        _il.Branch(ILOpCode.Br, other);
        for (var i = 0; i < labels.Length; i++)
        {
            _il.Mark(labels[i]);
            for (var j = first; j < _stack.Count; j++) _il.Ldloc(Slot(j, _stack[j]));
            LoadContext();
            if (isTail) _il.Op(ILOpCode.Tail);
            _il.Call(_layout.Methods[callees[i].Function - _module.ImportedFunctions]);
            if (isTail)
            {
                _il.Op(ILOpCode.Ret);
                continue;
            }
            if (type.Results.Count > 0) _il.Stloc(Slot(first, type.Results[0].Kind));
            _il.Branch(ILOpCode.Br, done);
        }
        _il.Mark(other);
        return done;
    }

    /// <summary>Where direct calls in place of an indirect one meet: the result is in its slot.</summary>
    private void FinishKnownCall(FunctionType type, IlLabel done, bool isTail)
    {
        _mostArguments = Math.Max(_mostArguments, type.Parameters.Count);
        if (isTail)
        {
            MakeUnreachable();
            return;
        }
        _il.Mark(done);
        foreach (var result in type.Results) NoteWide(result.Kind);
        ResetStack(_stack.Count - type.Parameters.Count, type.Results);
    }

    private void CompileReferenceCall(int typeIndex, bool isTail)
    {
        var type = (FunctionType)_module.Types[typeIndex].Composite;
        var callee = Scratch(typeof(Function));
        Need(1);
        CallHelper(Members.Method(typeof(ReferenceOperations), nameof(ReferenceOperations.AsCallable)));
        _il.Stloc(callee);
        Pop(1);
        Need(type.Parameters.Count);
        if (isTail) LeaveForCall(type.Parameters.Count);
        EmitCallThrough(callee, type, isTail);
        FinishCall(type, isTail);
    }

    private void EmitCallThrough(int callee, FunctionType type, bool isTail)
    {
        _il.Ldloc(callee);
        _il.Field(ILOpCode.Ldfld, _references.Field(Members.FunctionContext));
        _il.Ldloc(callee);
        _il.Field(ILOpCode.Ldfld, _references.Field(Members.FunctionCode));
        EmitCalli(type, isTail);
    }

    private void EmitCalli(FunctionType type, bool isTail)
    {
        if (isTail) _il.Op(ILOpCode.Tail);
        _il.Op(ILOpCode.Calli, _references.CallSite(type).Value);
    }

    private void FinishCall(FunctionType type, bool isTail)
    {
        _mostArguments = Math.Max(_mostArguments, type.Parameters.Count);
        if (type.Results.Count > 1) _tupleItems += 2 * type.Results.Count;
        if (isTail)
        {
            _il.Op(ILOpCode.Ret);
            _onIl = 0;
            MakeUnreachable();
            return;
        }
        Pop(type.Parameters.Count);
        foreach (var result in type.Results) NoteWide(result.Kind);
        if (type.Results.Count > 1) SpreadTuple(ClrTypes.OfResults(type.Results));
        foreach (var result in type.Results) Push(result.Kind);

        // RyuJIT looks through everything that waits on the CIL stack at each assignment.
        _maxOnIl = Math.Max(_maxOnIl, _onIl);
        if (type.Results.Count > 8) Flush();
    }

    private void LoadElements(int table)
    {
        if (table < _layout.DirectTables && _layout.ConstantTables.Contains(table))
        {
            LoadContext();
            _il.Field(ILOpCode.Ldfld, _layout.TableElements[table]);
            return;
        }
        LoadTable(table);
        _il.Field(ILOpCode.Ldfld, _references.Field(Members.TableFunctions));
    }

    private void LoadTable(int table)
    {
        LoadContext();
        if (table < _layout.Tables.Length)
        {
            _il.Field(ILOpCode.Ldfld, _layout.Tables[table]);
            return;
        }
        _il.Field(ILOpCode.Ldfld, _references.Field(Members.ContextTables));
        _il.LdcI4(table);
        _il.Op(ILOpCode.Ldelem_ref);
    }

    private void LoadDefinedType(int type)
    {
        LoadContext();
        if (type < _layout.Types.Length)
        {
            _il.Field(ILOpCode.Ldfld, _layout.Types[type]);
            return;
        }
        _il.Field(ILOpCode.Ldfld, _references.Field(Members.ContextTypes));
        _il.LdcI4(type);
        _il.Op(ILOpCode.Ldelem_ref);
    }
}

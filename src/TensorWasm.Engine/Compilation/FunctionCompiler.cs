using System.Reflection.Metadata;
using System.Runtime.CompilerServices;
using TensorWasm.Engine.CompilerServices;
using TensorWasm.Wasm;

namespace TensorWasm.Engine.Compilation;

/// <summary>
/// Translates one validated function to CIL in a single pass.
/// <para>
/// The Wasm operand stack becomes the CIL stack. Where control flow joins, the CIL stack must be empty, so values are
/// flushed to slots before: locals that stand for one stack position and one type each. Of the operand stack
/// <c>_stack</c>, the topmost <c>_onIl</c> values lie on the CIL stack and all below lie in their slots. RyuJIT turns slots
/// back into registers.
/// </para>
/// </summary>
internal sealed partial class FunctionCompiler
{
    /// <summary>Locals that a method may have (ECMA-335, section II.23.2.6: 65,534).</summary>
    private const int MaxLocals = 65_534;

    private const int NoHome = int.MinValue;

    private readonly WasmModule _module;
    private readonly ModuleLayout _layout;
    private readonly References _references;
    private readonly CompilerOptions _options;
    private readonly int _index;
    private readonly int _copy;
    private readonly FunctionType _type;
    private readonly int _contextArgument;

    private readonly IlWriter _body = new();
    private readonly List<ValueKind> _stack = [];
    private readonly List<Control> _controls = [];
    private readonly List<Type> _locals = [];
    private readonly List<int>[] _slots = [[], [], [], [], [], []];
    private readonly int[,] _scratch = new int[6, 4];
    private readonly Dictionary<Type, int> _typedScratch = [];
    private readonly ValueKind[] _wasmLocals;

    // Where each local lives: a local's index, the complement of an argument's, or nowhere before it first occurs.
    private readonly int[] _homes;
    private readonly int _end;
    private readonly Dictionary<int, int> _memoryBases = [];

    // Constants on the operand stack, by position, that arithmetic could treat as identities, and locals in their place.
    private readonly Dictionary<int, (int Code, ValueKind Kind, double Value)> _identities = [];
    private readonly Dictionary<(ValueKind Kind, long Bits), int> _hidden = [];

    private IlWriter _il;
    private int _onIl;
    private int _maxOnIl;
    private readonly HashSet<int> _vectorsRead = [];
    private int _spilled;
    private int _spilledOnIl;
    private int _tupleItems;
    private int _mostArguments;
    private bool _callsOut;
    private bool _leavesByCall;
    private Opcode _previous;
    private RecentInstructions _recent;
    private IlLabel? _interrupted;

    /// <summary>Prepares to translate a defined function.</summary>
    /// <param name="layout">Where its module's things are.</param>
    /// <param name="references">What it refers to outside the module.</param>
    /// <param name="options">What changes its code.</param>
    /// <param name="definedIndex">Which function.</param>
    /// <param name="copy">Which copy of a recursive function, 0 for the function itself; see <see cref="RecursionUnroller"/>.</param>
    internal FunctionCompiler(
        ModuleLayout layout, References references, CompilerOptions options, int definedIndex, int copy = 0)
        : this(layout, references, options, definedIndex, copy, null, null)
    {
    }

    private FunctionCompiler(
        ModuleLayout layout, References references, CompilerOptions options, int definedIndex, int copy,
        Part? part, Dictionary<int, Part>? parts)
    {
        _copy = copy;
        _part = part;
        _parts = parts ?? [];
        _layout = layout;
        _module = layout.Module;
        _references = references;
        _options = options;
        _index = _module.ImportedFunctions + definedIndex;
        _type = _module.FunctionTypeOf(_index);
        _contextArgument = part?.Inputs.Count ?? _type.Parameters.Count;
        _il = _body;
        var body = _module.Bodies[definedIndex];
        _end = part?.End ?? body.Code.Length;
        _wasmLocals = CollectLocals(body);
        _homes = new int[_wasmLocals.Length];
        Array.Fill(_homes, NoHome);
        for (var i = 0; i < _contextArgument; i++) _homes[part?.Inputs[i] ?? i] = ~i;
        if (parts is not null) return;
        for (var i = _contextArgument; i < _wasmLocals.Length; i++) HomeOf(i);
        if (copy == 0 && options.Limits is { } limits && body.Code.Length >= limits.Size.Blocks) _boundaries = [];
    }

    private CompiledBody Translate()
    {
        var body = _module.Bodies[_index - _module.ImportedFunctions];
        if (_part is not null)
        {
            OpenOuterScopes(_part);
        }
        else
        {
            PushControl(ControlKind.Function, _type.Parameters.Count == 0 ? _type : new FunctionType([], _type.Results));
            NoteParameters();
        }
        CompileInstructions(new CodeReader(body.Code.Span, body.Offset) { Position = _part?.Start ?? 0 });
        if (_part is not null) EmitPartEnd(_part);
        EmitInterruptionExit();
        _body.ResolveLabels();

        var prologue = _il = new IlWriter();
        EmitPrologue();
        prologue.ResolveLabels();
        var code = new byte[prologue.Length + _body.Length];
        prologue.Code.CopyTo(code);
        _body.Code.CopyTo(code.AsSpan(prologue.Length));
        if (_locals.Count > MaxLocals || _maxOnIl + 12 > ushort.MaxValue)
        {
            throw new UnsupportedFeatureException(
                $"function {_index} has more than {MaxLocals} locals and operands, which this engine does not run");
        }
        return new CompiledBody(code, _maxOnIl + 12, [.. _locals], FrameEstimate())
        {
            Size = new CodeSize(
                code.Length,
                _body.Instructions + prologue.Instructions,
                _body.BasicBlocks + prologue.BasicBlocks,
                _body.LocalReferences + prologue.LocalReferences),
            Limits = _options.Limits,
            Arguments = _contextArgument + 1,
            PartCalls = [.. _partCalls.Select(call => call with { Position = call.Position + prologue.Length })],
        };
    }

    /// <summary>
    /// An upper bound of the bytes that the frame may take, as when RyuJIT does not optimise a method because of its size:
    /// each local and argument, each value that waited on the CIL stack while something happened, each result of a call,
    /// and the widest call's arguments.
    /// </summary>
    private int FrameEstimate() =>
        (int)Math.Min(
            (16L * (_locals.Count + (_part?.Inputs.Count ?? _wasmLocals.Length) + _spilled + _body.Temporaries + _tupleItems + _mostArguments))
                + Unsafe.SizeOf<Exchange>() + 256,
            int.MaxValue);

    /// <summary>
    /// Notes values that wait on the CIL stack while an instruction does more than compute: RyuJIT moves each to a temporary,
    /// once.
    /// </summary>
    private void CountSpills(Opcode opcode, bool isSimple)
    {
        if (!isSimple && opcode is not (Opcode.LocalGet or Opcode.I32Const or Opcode.I64Const or Opcode.F32Const or Opcode.F64Const))
        {
            _spilled += Math.Max(0, _onIl - _spilledOnIl);
            _spilledOnIl = _onIl;
        }
        else
        {
            _spilledOnIl = Math.Min(_spilledOnIl, _onIl);
        }
    }

    private ValueKind[] CollectLocals(FunctionBody body)
    {
        var locals = new List<ValueKind>(_type.Parameters.Count);
        foreach (var parameter in _type.Parameters) locals.Add(parameter.Kind);
        foreach (var group in body.Locals)
        {
            for (var i = 0u; i < group.Count; i++) locals.Add(group.Type.Kind);
        }
        return [.. locals];
    }

    private void EmitPrologue()
    {
        // A leaf can neither recurse nor run forever without a loop; its frame fits in the reserve below the limit. A copy
        // is part of the function that it is inlined into.
        if (_callsOut && _copy == 0) EmitStackCheck();
        else if (_leavesByCall) EmitInterruptionCheck();
        foreach (var local in _vectorsRead)
        {
            // With AVX-512 RyuJIT may keep a vector in a mask register, and then forgets that it begins as 0.
            LoadContext();
            _il.Field(ILOpCode.Ldfld, _references.Field(Members.ZeroVector));
            StoreLocal(local);
        }
        foreach (var ((kind, value), local) in _hidden) EmitHidden(kind, value, local);
        foreach (var (memory, local) in _memoryBases)
        {
            _il.Ldarg(_contextArgument);
            _il.Field(ILOpCode.Ldfld, _layout.MemoryBases[memory]);
            _il.Stloc(local);
        }
    }

    /// <summary>Tail calls use no stack, but may go on for ever.</summary>
    private void EmitInterruptionCheck()
    {
        var goOn = _il.DefineLabel();
        LoadContext();
        _il.Op(ILOpCode.Volatile);
        _il.Field(ILOpCode.Ldfld, _references.Field(Members.IsInterrupted));
        _il.Branch(ILOpCode.Brfalse, goOn);
        EmitThrow(nameof(TrapThrow.Interrupted));
        _il.Mark(goOn);
    }

    private void EmitStackCheck()
    {
        var enough = _il.DefineLabel();
        _il.Ldloca(NewLocal(typeof(int)));
        _il.Op(ILOpCode.Conv_u);
        _il.Ldarg(_contextArgument);
        _il.Field(ILOpCode.Ldfld, _references.Field(Members.StackLimit));
        _il.Branch(ILOpCode.Bge_un, enough);
        _il.Ldarg(_contextArgument);
        _il.Call(_references.Method(Members.StackCheckFailed));
        _il.Mark(enough);
    }

    private void CompileInstructions(CodeReader reader)
    {
        while (reader.Position < _end)
        {
            NoteBoundary(reader.Position);
            if (_parts.TryGetValue(reader.Position, out var part) && _controls[^1].IsReachable)
            {
                CompilePartCall(part);
                reader.Position = part.End;
                continue;
            }
            var opcode = reader.ReadOpcode();
            if (!_controls[^1].IsReachable)
            {
                SkipUnreachable(opcode, ref reader);
                continue;
            }
            var start = _il.Length;
            var immediate = reader;
            CompileInstruction(opcode, ref reader);
            _previous = opcode;
            NoteRecent(opcode, immediate, start);
            _maxOnIl = Math.Max(_maxOnIl, _onIl);
        }
    }

    private void NoteRecent(Opcode opcode, CodeReader immediate, int start)
    {
        switch (opcode)
        {
            case Opcode.LocalGet or Opcode.LocalTee:
                _recent.Add(opcode, immediate.ReadU32(), start, _il.Length);
                break;
            case Opcode.I32Const:
                _recent.Add(opcode, immediate.ReadS32(), start, _il.Length);
                break;
            case Opcode.I64Const:
                _recent.Add(opcode, immediate.ReadS64(), start, _il.Length);
                break;
            case Opcode.Loop or Opcode.Else or Opcode.End:
                _knownGlobals.Clear();
                _recent.Clear();
                break;
            case Opcode.Block or Opcode.If:
                _recent.Clear();
                break;
            case Opcode.Call or Opcode.CallIndirect or Opcode.CallRef:
                _knownGlobals.Clear();
                goto default;
            default:
                _recent.Add(opcode, 0, start, _il.Length);
                break;
        }
    }

    private void CompileInstruction(Opcode opcode, ref CodeReader reader)
    {
        var info = OpcodeTable.Get(opcode);
        CountSpills(opcode, info.Immediate == ImmediateKind.None && info.IsSimple);
        if (_options.Fuel) CountFuel(opcode);
        switch (info.Immediate)
        {
            case ImmediateKind.MemoryArgument or ImmediateKind.MemoryArgumentLane:
                CompileAccess(info, ref reader);
                break;
            case ImmediateKind.None when info.IsSimple:
                CompileNumeric(info);
                KeepRotationFromTests(opcode, reader);
                break;
            case ImmediateKind.Lane or ImmediateKind.Shuffle or ImmediateKind.V128:
                CompileVectorImmediate(info, ref reader);
                break;
            default:
                CompileOther(opcode, ref reader);
                break;
        }
    }

    private void CompileOther(Opcode opcode, ref CodeReader reader)
    {
        switch (opcode)
        {
            case Opcode.Unreachable or Opcode.Nop or Opcode.Block or Opcode.Loop or Opcode.If or Opcode.Else or Opcode.End
                or Opcode.Br or Opcode.BrIf or Opcode.BrTable or Opcode.Return or Opcode.BrOnNull or Opcode.BrOnNonNull:
                CompileControl(opcode, ref reader);
                break;
            case Opcode.Call or Opcode.CallIndirect or Opcode.CallRef
                or Opcode.ReturnCall or Opcode.ReturnCallIndirect or Opcode.ReturnCallRef:
                CompileCall(opcode, ref reader);
                break;
            case Opcode.Drop or Opcode.Select or Opcode.SelectTyped or Opcode.LocalGet or Opcode.LocalSet
                or Opcode.LocalTee or Opcode.GlobalGet or Opcode.GlobalSet:
                CompileVariable(opcode, ref reader);
                break;
            case Opcode.I32Const:
                _il.LdcI4(reader.ReadS32());
                Push(ValueKind.I32);
                break;
            case Opcode.I64Const:
                _il.LdcI8(reader.ReadS64());
                Push(ValueKind.I64);
                break;
            case Opcode.F32Const:
                EmitF32(reader.ReadF32Bits());
                Push(ValueKind.F32);
                break;
            case Opcode.F64Const:
                EmitF64(reader.ReadF64Bits());
                Push(ValueKind.F64);
                break;
            case Opcode.MemorySize or Opcode.MemoryGrow or Opcode.MemoryInit or Opcode.MemoryCopy or Opcode.MemoryFill
                or Opcode.DataDrop:
                CompileMemory(opcode, ref reader);
                break;
            case Opcode.TableGet or Opcode.TableSet or Opcode.TableSize or Opcode.TableGrow or Opcode.TableFill
                or Opcode.TableCopy or Opcode.TableInit or Opcode.ElemDrop:
                CompileTable(opcode, ref reader);
                break;
            case Opcode.RefNull or Opcode.RefIsNull or Opcode.RefFunc or Opcode.RefAsNonNull or Opcode.RefEq:
                CompileReference(opcode, ref reader);
                break;
            default:
                var feature = opcode is Opcode.Throw or Opcode.ThrowRef or Opcode.TryTable ? "exceptions" : "garbage collection";
                throw new UnsupportedFeatureException(
                    $"function {_index}: {OpcodeTable.Get(opcode).Name} needs {feature}, which this engine does not run");
        }
    }

    // --- The operand stack ---

    /// <summary>Notes a value that was just left on the CIL stack.</summary>
    private void Push(ValueKind kind)
    {
        _stack.Add(kind);
        _onIl++;
    }

    /// <summary>Notes that instructions took the topmost values from the CIL stack.</summary>
    private void Pop(int count)
    {
        _stack.RemoveRange(_stack.Count - count, count);
        _onIl -= count;
    }

    private ValueKind Peek(int depth = 0) => _stack[_stack.Count - 1 - depth];

    /// <summary>Puts at least the topmost <paramref name="count"/> values on the CIL stack.</summary>
    private void Need(int count)
    {
        if (_onIl >= count) return;
        Flush();
        for (var i = _stack.Count - count; i < _stack.Count; i++) _il.Ldloc(Slot(i, _stack[i]));
        _onIl = count;
        _maxOnIl = Math.Max(_maxOnIl, _onIl);
    }

    /// <summary>Moves every value to its slot: the CIL stack is empty afterwards.</summary>
    private void Flush()
    {
        for (var position = _stack.Count - 1; _onIl > 0; _onIl--, position--)
        {
            _il.Stloc(Slot(position, _stack[position]));
        }
    }

    private int Slot(int position, ValueKind kind)
    {
        var slots = _slots[Ordinal(kind)];
        while (slots.Count <= position) slots.Add(-1);
        if (slots[position] < 0) slots[position] = NewLocal(ClrTypes.Of(kind));
        return slots[position];
    }

    private int NewLocal(Type type)
    {
        _locals.Add(type);
        return _locals.Count - 1;
    }

    /// <summary>A local for use within one instruction's translation; there are four of each kind.</summary>
    private int Scratch(ValueKind kind, int ordinal = 0)
    {
        ref var local = ref _scratch[Ordinal(kind), ordinal];
        if (local == 0) local = NewLocal(ClrTypes.Of(kind)) + 1;
        return local - 1;
    }

    private int Scratch(Type type)
    {
        if (!_typedScratch.TryGetValue(type, out var local)) _typedScratch[type] = local = NewLocal(type);
        return local;
    }

    internal static int Ordinal(ValueKind kind) => kind == ValueKind.Reference ? 5 : ValueKind.I32 - kind;

    private void LoadContext() => _il.Ldarg(_contextArgument);

    private void CallHelper(System.Reflection.MethodInfo method) => _il.Call(_references.Method(method));
}

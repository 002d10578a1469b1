using System.Reflection;
using System.Reflection.Metadata;
using TensorWasm.Engine.CompilerServices;
using TensorWasm.Wasm;

namespace TensorWasm.Engine.Compilation;

/// <content>
/// Functions that RyuJIT would not optimise because of their size are divided: parts of them become methods. The function is
/// translated once as a whole, which shows how large it gets and where statements end; then each part, then the function
/// with calls in their places. A call of a part is followed by what its return value asks for: to go on, or to branch.
/// </content>
internal sealed partial class FunctionCompiler
{
    /// <summary>Shares of the limits that are tried for what remains of a function: sizes are estimates until it is translated.</summary>
    private static readonly double[] Shares = [0.85, 0.6];

    /// <summary>The number of the exit at a part's end among <see cref="Part.Exits"/>.</summary>
    private const int FallThrough = -1;

    private readonly Part? _part;
    private readonly Dictionary<int, Part> _parts;
    private readonly List<Boundary>? _boundaries;
    private readonly List<PartCall> _partCalls = [];

    // Depths of the scopes to which control leaves the part, in the order of their numbers; and where all those ways meet.
    private readonly List<int> _exits = [];
    private IlLabel? _leave;

    /// <summary>Whether the code is in a loop, which may be around the part that is translated.</summary>
    private bool IsInLoop =>
        _part is { Scope.LoopDepth: > 0 } || _controls.Exists(control => control.Kind == ControlKind.Loop);

    private CodeSize Size => new(_il.Length, _il.Instructions, _il.BasicBlocks, _il.LocalReferences);

    /// <summary>Translates the function, divided where that makes RyuJIT optimise it.</summary>
    internal CompiledBody Compile()
    {
        var whole = Translate();
        if (!whole.ExceedsJitLimits || _boundaries is null) return whole;
        var body = _module.Bodies[_index - _module.ImportedFunctions];
        var flow = FunctionFlow.Read(_module, body, _type, _boundaries);
        var best = whole;
        foreach (var share in Shares)
        {
            var parts = OutlinePlanner.Plan(flow, _wasmLocals, _options.Limits!, whole.Size, share, body.Code.Length);
            if (parts.Count == 0) break;
            var divided = TranslateDivided(parts);
            best = divided;
            if (!divided.ExceedsJitLimits) break;
        }
        return best;
    }

    private CompiledBody TranslateDivided(Dictionary<int, Part> parts)
    {
        var methods = new List<OutlinedMethod>();
        var deepest = parts.Values.Max(part => TranslatePart(part, methods));
        var body = Divide(null, parts).Translate();

        // Parts check the stack when they are entered, as functions do. That there is room for large frames, the function
        // makes sure of before it is entered.
        if (methods.TrueForAll(method => method.Body.FrameEstimate <= ModuleCompiler.LargeFrame)) deepest = 0;
        return body with { Outlined = methods, FrameEstimate = (int)Math.Min((long)body.FrameEstimate + deepest, int.MaxValue) };
    }

    /// <summary>Translates a part and those inside it. Returns the stack that they may take together.</summary>
    private int TranslatePart(Part part, List<OutlinedMethod> methods)
    {
        // Those inside first: how control leaves them decides what can be reached here. They nest as often as the planner
        // goes through a function, at most.
        var deepest = part.Parts.Values.Select(inner => TranslatePart(inner, methods)).DefaultIfEmpty().Max();
        var body = Divide(part, part.Parts).Translate();
        part.Method = methods.Count;
        methods.Add(new OutlinedMethod([.. part.Inputs.Select(local => ClrTypes.Of(_wasmLocals[local]))], body));
        return (int)Math.Min((long)body.FrameEstimate + deepest, int.MaxValue);
    }

    private FunctionCompiler Divide(Part? part, Dictionary<int, Part> parts) =>
        new(_layout, _references, _options, _index - _module.ImportedFunctions, 0, part, parts);

    private void NoteBoundary(int position)
    {
        if (_boundaries is null) return;
        var control = _controls[^1];
        var isBoundary = control.IsReachable
            ? _stack.Count == control.Height && _onIl == 0
            : control.UnreachableDepth == 0;
        if (isBoundary) _boundaries.Add(new Boundary(position, Size, control.IsReachable));
    }

    // --- Around a part ---

    private void CompilePartCall(Part part)
    {
        EmitFuel();
        Flush();
        foreach (var local in part.Inputs)
        {
            NoteRead(local);
            LoadReadLocal(local);
        }
        foreach (var local in part.Outputs)
        {
            if (_unread.Remove(local)) EmitUseOfLocal(local);
        }
        _maxOnIl = Math.Max(_maxOnIl, part.Inputs.Count);
        _mostArguments = Math.Max(_mostArguments, part.Inputs.Count + 2);
        _callsOut = true;
        LoadContext();
        LoadExchange();
        _il.Call(default);
        _partCalls.Add(new PartCall(_il.Length - sizeof(int), part.Method));
        var exit = Scratch(ValueKind.I32);
        _il.Stloc(exit);

        var fields = new ExchangeFields();
        foreach (var local in part.Outputs)
        {
            LoadExchangeField(fields.Next(_wasmLocals[local])!);
            StoreLocal(local);
        }
        _recent.Clear();
        _knownGlobals.Clear();
        _previous = Opcode.Nop;
        EmitExitsOf(part, exit, fields);
    }

    private void EmitExitsOf(Part part, int exit, ExchangeFields fields)
    {
        var goOn = _il.DefineLabel();
        var labels = new IlLabel[part.Exits.Count];
        for (var i = 0; i < labels.Length; i++) labels[i] = part.Exits[i] == FallThrough ? goOn : _il.DefineLabel();
        if (labels.Length > 1)
        {
            _il.Ldloc(exit);
            _il.Switch(labels.AsSpan(0, labels.Length - 1));
            _il.Branch(ILOpCode.Br, labels[^1]);
        }
        else if (labels.Length == 0)
        {
            EmitThrow(nameof(TrapThrow.Unreachable));
        }
        for (var i = 0; i < labels.Length; i++)
        {
            if (part.Exits[i] == FallThrough) continue;
            if (labels.Length > 1) _il.Mark(labels[i]);
            EmitExitOf(_controls[part.Exits[i]], fields);
        }
        if (part.Exits.Contains(FallThrough)) _il.Mark(goOn);
        else MakeUnreachable();
    }

    /// <summary>The branch by which control left a part; the stack stays as it is for the other ways.</summary>
    private void EmitExitOf(Control target, ExchangeFields fields)
    {
        var saved = _stack.ToArray();
        foreach (var type in target.LabelTypes)
        {
            LoadExchangeField(fields.Next(type.Kind)!);
            Push(type.Kind);
        }
        _maxOnIl = Math.Max(_maxOnIl, _onIl);
        if (target.Kind != ControlKind.Function) UseAbandoned(target.Height, target.LabelTypes.Count);
        EmitBranch(target);
        _stack.Clear();
        _stack.AddRange(saved);
        _onIl = 0;
    }

    // --- Inside a part ---

    /// <summary>Scopes around the part are there to be branched to.</summary>
    private void OpenOuterScopes(Part part)
    {
        var scopes = new Scope[part.Scope.Depth + 1];
        for (var scope = part.Scope; scope is not null; scope = scope.Parent) scopes[scope.Depth] = scope;
        foreach (var scope in scopes)
        {
            _controls.Add(new Control
            {
                Kind = ControlKind.Exit,
                Height = 0,
                Parameters = [],
                Results = scope.LabelTypes,
                Target = default,
            });
        }
    }

    /// <summary>Leaves the part for the label of a scope around it, with its values.</summary>
    private void EmitExit(Control target)
    {
        var count = target.LabelTypes.Count;
        UseAbandoned(0, count);
        Flush();
        var fields = new ExchangeFields();
        foreach (var local in _part!.Outputs) fields.Next(_wasmLocals[local]);
        for (var position = _stack.Count - count; position < _stack.Count; position++)
        {
            LoadExchange();
            _il.Ldloc(Slot(position, _stack[position]));
            _il.Field(ILOpCode.Stfld, _references.Field(fields.Next(_stack[position])!));
        }
        EmitExit(_controls.IndexOf(target));
    }

    private void EmitExit(int depth)
    {
        EmitFuel();
        foreach (var local in _unread)
        {
            if (!_part!.Outputs.Contains(local)) EmitUseOfLocal(local);
        }
        if (!_exits.Contains(depth)) _exits.Add(depth);
        _leave ??= _il.DefineLabel();
        _il.LdcI4(_exits.IndexOf(depth));
        _il.Stloc(Scratch(ValueKind.I32));
        _il.Branch(ILOpCode.Br, _leave.Value);
        _onIl = 0;
    }

    /// <summary>The part's end, and where all ways out of it meet.</summary>
    private void EmitPartEnd(Part part)
    {
        if (_controls[^1].IsReachable) EmitExit(FallThrough);
        part.Exits = _exits;
        if (_leave is not { } leave) return;
        _il.Mark(leave);
        var fields = new ExchangeFields();
        foreach (var local in part.Outputs)
        {
            LoadExchange();
            LoadReadLocal(local);
            _il.Field(ILOpCode.Stfld, _references.Field(fields.Next(_wasmLocals[local])!));
        }
        _il.Ldloc(Scratch(ValueKind.I32));
        _il.Op(ILOpCode.Ret);
    }

    // --- The exchange: the function's own, which its parts pass on ---

    private void LoadExchange()
    {
        if (_part is null) _il.Ldloca(Scratch(typeof(Exchange)));
        else _il.Ldarg(_contextArgument + 1);
    }

    private void LoadExchangeField(FieldInfo field)
    {
        LoadExchange();
        _il.Field(ILOpCode.Ldfld, _references.Field(field));
    }
}

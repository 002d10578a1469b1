using TensorWasm.Wasm;

namespace TensorWasm.Engine.Compilation;

/// <summary>The structure of a function: its scopes, their bodies, and what matters to control flow and locals.</summary>
internal sealed class FunctionFlow
{
    private readonly WasmModule _module;
    private readonly Dictionary<int, int> _places = [];
    private readonly List<int> _open = [];
    private readonly Stack<ScopeBody> _bodies = [];

    private FunctionFlow(WasmModule module) => _module = module;

    /// <summary>The scopes, in the order in which they open; the function is the first.</summary>
    internal List<Scope> Scopes { get; } = [];

    internal List<FlowEvent> Events { get; } = [];

    /// <summary>The locals that occur; events name them by their place here.</summary>
    internal List<int> Locals { get; } = [];

    /// <summary>The function's body.</summary>
    internal ScopeBody Root { get; private set; } = null!;

    /// <summary>Reads a validated function.</summary>
    /// <param name="module">The module.</param>
    /// <param name="body">The function's code.</param>
    /// <param name="type">The function's type.</param>
    /// <param name="boundaries">Where statements begin and end, in order.</param>
    internal static FunctionFlow Read(WasmModule module, FunctionBody body, FunctionType type, List<Boundary> boundaries)
    {
        var flow = new FunctionFlow(module);
        flow.Open(Opcode.Block, type.Results, position: -1, start: 0);
        flow.Root = flow._bodies.Peek();
        var reader = new CodeReader(body.Code.Span, body.Offset);
        var next = 0;
        while (!reader.AtEnd)
        {
            var position = reader.Position;
            for (; next < boundaries.Count && boundaries[next].Position == position; next++)
            {
                flow._bodies.Peek().Boundaries.Add(boundaries[next]);
            }
            flow.Note(reader.ReadOpcode(), position, ref reader);
        }
        return flow;
    }

    /// <summary>The index of the first event at a position or behind it.</summary>
    internal int FirstEventAt(int position)
    {
        var (low, high) = (0, Events.Count);
        while (low < high)
        {
            var middle = (low + high) / 2;
            if (Events[middle].Position < position) low = middle + 1;
            else high = middle;
        }
        return low;
    }

    private void Note(Opcode opcode, int position, ref CodeReader reader)
    {
        switch (opcode)
        {
            case Opcode.LocalGet:
                Add(FlowKind.Get, PlaceOf((int)reader.ReadU32()), position);
                break;
            case Opcode.LocalSet or Opcode.LocalTee:
                Add(FlowKind.Set, PlaceOf((int)reader.ReadU32()), position);
                break;
            case Opcode.Block or Opcode.Loop or Opcode.If:
                var type = FunctionCompiler.ReadBlockType(_module, ref reader);
                Open(opcode, opcode == Opcode.Loop ? type.Parameters : type.Results, position, reader.Position);
                break;
            case Opcode.Else:
                Add(FlowKind.Else, _open[^1], position);
                _bodies.Pop();
                AddBody(_open[^1], reader.Position);
                break;
            case Opcode.End:
                Add(FlowKind.Close, _open[^1], position);
                _open.RemoveAt(_open.Count - 1);
                _bodies.Pop();
                break;
            case Opcode.Br:
                Add(FlowKind.Jump, ScopeAt((int)reader.ReadU32()), position);
                break;
            case Opcode.BrIf or Opcode.BrOnNull or Opcode.BrOnNonNull:
                Add(FlowKind.Branch, ScopeAt((int)reader.ReadU32()), position);
                break;
            case Opcode.BrTable:
                var targets = new HashSet<int>();
                for (var left = (long)reader.ReadU32(); left >= 0; left--) targets.Add(ScopeAt((int)reader.ReadU32()));
                Events.Add(new FlowEvent(FlowKind.Table, 0, position, [.. targets]));
                break;
            case Opcode.Return:
                Add(FlowKind.Jump, 0, position);
                break;
            case Opcode.Unreachable:
                Add(FlowKind.Stop, 0, position);
                break;
            case Opcode.ReturnCall or Opcode.ReturnCallIndirect or Opcode.ReturnCallRef:
                Add(FlowKind.TailCall, 0, position);
                reader.SkipImmediates(OpcodeTable.Get(opcode));
                break;
            default:
                reader.SkipImmediates(OpcodeTable.Get(opcode));
                break;
        }
    }

    private void Open(Opcode opcode, IReadOnlyList<Wasm.ValueType> labelTypes, int position, int start)
    {
        var parent = _open.Count > 0 ? Scopes[_open[^1]] : null;
        var loops = (parent?.LoopDepth ?? 0) + (opcode == Opcode.Loop ? 1 : 0);
        Add(FlowKind.Open, Scopes.Count, position);
        Scopes.Add(new Scope(opcode, parent, _open.Count, loops, labelTypes));
        _open.Add(Scopes.Count - 1);
        AddBody(Scopes.Count - 1, start);
    }

    private void AddBody(int scope, int start)
    {
        var body = new ScopeBody(Scopes[scope], start);
        if (_bodies.Count > 0) _bodies.Peek().Children.Add(body);
        _bodies.Push(body);
    }

    private void Add(FlowKind kind, int operand, int position) => Events.Add(new FlowEvent(kind, operand, position));

    private int ScopeAt(int label) => _open[_open.Count - 1 - label];

    private int PlaceOf(int local)
    {
        if (!_places.TryGetValue(local, out var place))
        {
            _places[local] = place = Locals.Count;
            Locals.Add(local);
        }
        return place;
    }
}

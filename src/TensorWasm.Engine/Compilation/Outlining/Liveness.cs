using TensorWasm.Wasm;

namespace TensorWasm.Engine.Compilation;

/// <summary>
/// Which locals may be read later than a place in a function before they are set again. The events are gone through
/// backwards until what is live at the heads of loops stays the same: as many times as loops are nested, at most.
/// </summary>
internal sealed class Liveness
{
    /// <summary>How often the events are gone through at most.</summary>
    private const int MaxRounds = 12;

    /// <summary>Words that a round may copy or join, for each byte of the function's code.</summary>
    private const int MaxWordsOfAByte = 32;

    private readonly FunctionFlow _flow;
    private readonly ulong[] _live;

    // By scope: what is live at its label, and at the start of an else; only while the walk is inside of it.
    private readonly ulong[]?[] _labels;
    private readonly ulong[]?[] _otherArms;

    // By scope: what is live at the head of a loop, as far as known.
    private readonly ulong[]?[] _heads;
    private readonly Stack<ulong[]> _free = [];

    private Liveness(FunctionFlow flow)
    {
        _flow = flow;
        _live = new ulong[(flow.Locals.Count + 63) / 64];
        _labels = new ulong[flow.Scopes.Count][];
        _otherArms = new ulong[flow.Scopes.Count][];
        _heads = new ulong[flow.Scopes.Count][];
    }

    /// <summary>Analyses a function; null if that would take too long.</summary>
    internal static Liveness? Of(FunctionFlow flow, int codeLength)
    {
        var liveness = new Liveness(flow);
        var copies = flow.Events.Sum(e => e.Kind is FlowKind.Get or FlowKind.Set ? 0L : 1L + (e.Targets?.Length ?? 0));
        if (copies * liveness._live.Length > (long)MaxWordsOfAByte * codeLength) return null;
        for (var round = 0; round < MaxRounds; round++)
        {
            if (!liveness.Walk(null)) return liveness;
        }
        return null;
    }

    /// <summary>Goes through the function once more, last event first; the action is called ahead of each event, and at the end.</summary>
    internal void Visit(Action<int> ahead) => Walk(ahead);

    /// <summary>During a visit, whether a local is live ahead of the event that was named.</summary>
    internal bool IsLive(int place) => Has(_live, place);

    /// <summary>During a visit, whether a local is live at the label of a scope that is open there.</summary>
    internal bool IsLiveAt(int scope, int place) => _labels[scope] is { } label && Has(label, place);

    private static bool Has(ulong[] set, int place) => (set[place >> 6] >> place & 1) != 0;

    private bool Walk(Action<int>? ahead)
    {
        var changed = false;
        Array.Clear(_live);
        for (var i = _flow.Events.Count - 1; i >= 0; i--)
        {
            ahead?.Invoke(i + 1);
            var e = _flow.Events[i];
            switch (e.Kind)
            {
                case FlowKind.Get:
                    _live[e.Operand >> 6] |= 1UL << e.Operand;
                    break;
                case FlowKind.Set:
                    _live[e.Operand >> 6] &= ~(1UL << e.Operand);
                    break;
                case FlowKind.Close:
                    _labels[e.Operand] = _flow.Scopes[e.Operand].Opcode == Opcode.Loop
                        ? _heads[e.Operand] ??= new ulong[_live.Length]
                        : Copy(_live);
                    break;
                case FlowKind.Else:
                    _otherArms[e.Operand] = Copy(_live);
                    _labels[e.Operand]!.CopyTo(_live, 0);
                    break;
                case FlowKind.Open:
                    changed |= Leave(e.Operand);
                    break;
                case FlowKind.Jump:
                    _labels[e.Operand]!.CopyTo(_live, 0);
                    break;
                case FlowKind.Branch:
                    Join(_labels[e.Operand]!);
                    break;
                case FlowKind.Table:
                    Array.Clear(_live);
                    foreach (var target in e.Targets!) Join(_labels[target]!);
                    break;
                default:
                    Array.Clear(_live);
                    break;
            }
        }
        ahead?.Invoke(0);
        return changed;
    }

    /// <summary>Called at the start of a scope, which the walk leaves there. Whether more is live at a loop's head than was known.</summary>
    private bool Leave(int scope)
    {
        var label = _labels[scope]!;
        _labels[scope] = null;
        if (_flow.Scopes[scope].Opcode == Opcode.Loop)
        {
            if (_live.AsSpan().SequenceEqual(label)) return false;
            _live.CopyTo(label, 0);
            return true;
        }
        if (_flow.Scopes[scope].Opcode == Opcode.If) Join(_otherArms[scope] ?? label);
        if (_otherArms[scope] is { } arm) _free.Push(arm);
        _otherArms[scope] = null;
        _free.Push(label);
        return false;
    }

    private ulong[] Copy(ulong[] set)
    {
        var copy = _free.Count > 0 ? _free.Pop() : new ulong[set.Length];
        set.CopyTo(copy, 0);
        return copy;
    }

    private void Join(ulong[] set)
    {
        for (var i = 0; i < set.Length; i++) _live[i] |= set[i];
    }
}

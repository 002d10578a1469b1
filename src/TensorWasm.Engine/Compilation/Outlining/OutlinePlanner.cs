using TensorWasm.Wasm;

namespace TensorWasm.Engine.Compilation;

/// <summary>
/// Decides which parts of a function become methods of their own, so that what remains, and each of them, is within the
/// limits: runs of statements, the largest first, so that control leaves the function as seldom as can be told beforehand.
/// Runs in deeper loops count less. Where that is not enough, the remaining statements, calls of parts among them, are
/// gone through again.
/// </summary>
internal sealed class OutlinePlanner
{
    /// <summary>The share of a limit that parts may take, in each round.</summary>
    private static readonly double[] PartShares = [0.5, 0.25, 0.5, 0.1, 0.5, 0.5];

    /// <summary>Locals that are passed at most: the first few travel in registers.</summary>
    private const int MaxInputs = 32;

    /// <summary>Labels by which control may leave a part.</summary>
    private const int MaxExits = 32;

    /// <summary>A part takes at least so many bytes of the function's code, on average.</summary>
    private const int MinBytesOfAPart = 64;

    /// <summary>How often each event may be looked at, on average.</summary>
    private const int MaxLooks = 64;

    private readonly FunctionFlow _flow;
    private readonly ValueKind[] _locals;
    private readonly JitLimits _limits;
    private readonly Liveness _liveness;
    private readonly int _maxParts;
    private readonly List<Part> _parts = [];
    private long _looks;

    private OutlinePlanner(FunctionFlow flow, ValueKind[] locals, JitLimits limits, Liveness liveness, int codeLength)
    {
        _flow = flow;
        _locals = locals;
        _limits = limits;
        _liveness = liveness;
        _maxParts = MaxParts(codeLength, limits);
        _looks = (long)MaxLooks * flow.Events.Count;
    }

    /// <summary>How many parts a function of so many bytes may have.</summary>
    internal static int MaxParts(int codeLength, JitLimits limits) =>
        codeLength < limits.Size.Blocks ? 0 : limits.OutlinesAll ? codeLength : codeLength / MinBytesOfAPart;

    /// <summary>Plans.</summary>
    /// <param name="flow">The function's structure.</param>
    /// <param name="locals">Kinds of its locals.</param>
    /// <param name="limits">The limits.</param>
    /// <param name="size">What the whole function takes.</param>
    /// <param name="share">The share of the limits that the function may take at last.</param>
    /// <param name="codeLength">Bytes of the function's instructions.</param>
    /// <returns>The outermost parts, by where they start; none where the function can't be divided at reasonable cost.</returns>
    internal static Dictionary<int, Part> Plan(
        FunctionFlow flow, ValueKind[] locals, JitLimits limits, CodeSize size, double share, int codeLength)
    {
        if (Liveness.Of(flow, codeLength) is not { } liveness) return [];
        var planner = new OutlinePlanner(flow, locals, limits, liveness, codeLength);
        planner.Plan(size, share);
        return planner._parts.ToDictionary(part => part.Start);
    }

    private void Plan(CodeSize size, double share)
    {
        var count = 0;
        foreach (var partShare in PartShares)
        {
            if (size.ShareOf(_limits.Size) <= share) return;
            var candidates = Collect(partShare);
            FindLocals(candidates);
            var excess = size.ExcessOver(_limits.Size, share);
            var chosen = candidates
                .Select(ToPart)
                .OfType<Part>()
                .Select(part => (Part: part, Gain: excess - (size - part.Saved).ExcessOver(_limits.Size, share)))
                .Where(choice => choice.Gain > 0 || _limits.OutlinesAll)
                .OrderByDescending(choice => choice.Gain / Math.Pow(4, choice.Part.Scope.LoopDepth))
                .ToList();
            foreach (var (part, _) in chosen)
            {
                if (size.ShareOf(_limits.Size) <= share || count == _maxParts) break;
                Add(part);
                size -= part.Saved;
                count++;
            }
        }
    }

    private void Add(Part part)
    {
        foreach (var inner in _parts)
        {
            if (inner.Start >= part.Start && inner.End <= part.End) part.Parts.Add(inner.Start, inner);
        }
        _parts.RemoveAll(inner => inner.Start >= part.Start && inner.End <= part.End);
        _parts.Add(part);
    }

    // --- Candidates ---

    /// <summary>Runs of statements that take no more than a share of the limits, as long as can be.</summary>
    private List<Candidate> Collect(double share)
    {
        var candidates = new List<Candidate>();
        var pending = new Stack<ScopeBody>([_flow.Root]);
        var saved = SavedBefore();
        var calls = _parts.ToDictionary(part => part.Start);
        while (pending.TryPop(out var body)) CollectIn(body, share, saved, calls, candidates, pending);
        candidates.RemoveAll(candidate => calls.GetValueOrDefault(candidate.Start)?.End == candidate.End);
        return candidates;
    }

    private void CollectIn(
        ScopeBody body, double share, Func<int, CodeSize> saved, Dictionary<int, Part> calls, List<Candidate> candidates,
        Stack<ScopeBody> pending)
    {
        Candidate? run = null;
        var child = 0;
        for (var i = 0; i + 1 < body.Boundaries.Count; i++)
        {
            // What was chosen already is one statement, a call.
            var from = body.Boundaries[i];
            var call = calls.GetValueOrDefault(from.Position);
            while (call is not null && body.Boundaries[i + 1].Position < call.End) i++;
            var to = body.Boundaries[i + 1];
            var firstChild = child;
            while (child < body.Children.Count && body.Children[child].Start < to.Position) child++;
            if (!from.IsReachable)
            {
                Finish();
                continue;
            }
            var size = to.Before - from.Before - (saved(to.Position) - saved(from.Position));
            var exits = size.ShareOf(_limits.Size) <= share ? ExitsOf(body.Scope, from.Position, to.Position) : null;
            if (exits is null)
            {
                Finish();
                for (var inner = firstChild; inner < child && call is null; inner++) pending.Push(body.Children[inner]);
                continue;
            }
            if (run is not null
                && ((run.Size + size).ShareOf(_limits.Size) > share || run.Exits.Union(exits).Count() > MaxExits))
            {
                Finish();
            }
            if (run is null)
            {
                run = new Candidate
                {
                    Scope = body.Scope,
                    Start = from.Position,
                    End = to.Position,
                    FallsThrough = to.IsReachable,
                    Size = size,
                    Exits = exits,
                };
            }
            else
            {
                run.End = to.Position;
                run.FallsThrough = to.IsReachable;
                run.Size += size;
                run.Exits.UnionWith(exits);
            }
        }
        Finish();

        void Finish()
        {
            if (run is not null) candidates.Add(run);
            run = null;
        }
    }

    /// <summary>The labels by which control may leave some statements; null if they can't be outlined.</summary>
    private HashSet<int>? ExitsOf(Scope around, int start, int end)
    {
        var exits = new HashSet<int>();
        for (var i = _flow.FirstEventAt(start); i < _flow.Events.Count && _flow.Events[i].Position < end; i++)
        {
            var e = _flow.Events[i];
            if (--_looks < 0) return null;
            switch (e.Kind)
            {
                case FlowKind.TailCall:
                    return null;
                case FlowKind.Jump or FlowKind.Branch when _flow.Scopes[e.Operand].Depth <= around.Depth:
                    exits.Add(e.Operand);
                    break;
                case FlowKind.Table:
                    exits.UnionWith(e.Targets!.Where(target => _flow.Scopes[target].Depth <= around.Depth));
                    break;
            }
            if (exits.Count > MaxExits) return null;
        }
        return exits;
    }

    /// <summary>What the parts that were chosen so far save, ahead of a position.</summary>
    private Func<int, CodeSize> SavedBefore()
    {
        _parts.Sort((a, b) => a.Start.CompareTo(b.Start));
        var starts = _parts.ConvertAll(part => part.Start);
        var sums = new CodeSize[_parts.Count + 1];
        for (var i = 0; i < _parts.Count; i++) sums[i + 1] = sums[i] + _parts[i].Saved;
        return position =>
        {
            var at = starts.BinarySearch(position);
            return sums[at < 0 ? ~at : at];
        };
    }

    // --- Locals ---

    private void FindLocals(List<Candidate> candidates)
    {
        var starts = new Dictionary<int, List<Candidate>>();
        var ends = new Dictionary<int, List<Candidate>>();
        foreach (var candidate in candidates)
        {
            candidate.FirstEvent = _flow.FirstEventAt(candidate.Start);
            candidate.EndEvent = _flow.FirstEventAt(candidate.End);
            for (var i = candidate.FirstEvent; i < candidate.EndEvent; i++)
            {
                var e = _flow.Events[i];
                if (e.Kind is not (FlowKind.Get or FlowKind.Set)) continue;
                candidate.Locals[e.Operand] = candidate.Locals.GetValueOrDefault(e.Operand) || e.Kind == FlowKind.Set;
            }
            Note(starts, candidate.FirstEvent, candidate);
            Note(ends, candidate.EndEvent, candidate);
        }
        _liveness.Visit(index =>
        {
            foreach (var candidate in ends.GetValueOrDefault(index, []))
            {
                if (candidate.FallsThrough) candidate.Outputs.UnionWith(SetIn(candidate).Where(_liveness.IsLive));
            }
            foreach (var candidate in starts.GetValueOrDefault(index, []))
            {
                candidate.Inputs.AddRange(candidate.Locals.Keys.Where(_liveness.IsLive));
                candidate.Outputs.UnionWith(SetIn(candidate).Where(
                    place => candidate.Exits.Any(exit => _liveness.IsLiveAt(exit, place))));
            }
        });

        static void Note(Dictionary<int, List<Candidate>> map, int index, Candidate candidate)
        {
            if (!map.TryGetValue(index, out var list)) map[index] = list = [];
            list.Add(candidate);
        }

        static IEnumerable<int> SetIn(Candidate candidate) => candidate.Locals.Where(entry => entry.Value).Select(entry => entry.Key);
    }

    /// <summary>The part that a candidate makes; null if it takes or hands back too much.</summary>
    private Part? ToPart(Candidate candidate)
    {
        if (candidate.Inputs.Count > MaxInputs) return null;
        var outputs = candidate.Outputs.Select(place => _flow.Locals[place]).Order().ToList();
        var fields = new ExchangeFields();
        if (outputs.Exists(local => fields.Next(_locals[local]) is null)) return null;
        foreach (var exit in candidate.Exits)
        {
            var rest = fields;
            if (_flow.Scopes[exit].LabelTypes.Any(type => rest.Next(type.Kind) is null)) return null;
        }

        var inputs = candidate.Inputs.Select(place => _flow.Locals[place]).Order().ToList();
        var values = outputs.Count + candidate.Exits.Sum(exit => _flow.Scopes[exit].LabelTypes.Count);
        var call = new CodeSize(
            (2 * inputs.Count) + (10 * values) + (10 * candidate.Exits.Count) + 20,
            inputs.Count + (3 * values) + (3 * candidate.Exits.Count) + 6,
            candidate.Exits.Count + 2,
            inputs.Count + (2 * values) + 4);
        return new Part(candidate.Start, candidate.End, candidate.Scope)
        {
            Inputs = inputs,
            Outputs = outputs,
            Saved = candidate.Size - call,
        };
    }
}

namespace TensorWasm.Ptx.Analyses;

/// <summary>
/// The block where all ways from a block meet again: its immediate postdominator. Ends of threads and edges to blocks
/// that are not there yet lead to one common end. Like <see cref="Dominators"/>, with the edges reversed and a budget.
/// It can be asked about some of the blocks alone; then ways out of these do not count where a way inside is left.
/// </summary>
internal sealed class PostDominators
{
    private const long MaxSteps = 1 << 24;

    private readonly ControlFlowGraph _graph;
    private readonly bool[]? _among;
    private readonly int _end;
    private readonly int[] _immediate;
    private readonly int[] _rank;

    private PostDominators(ControlFlowGraph graph, bool[]? among)
    {
        _graph = graph;
        _among = among;
        _end = graph.Count;
        _immediate = new int[graph.Count + 1];
        _rank = new int[graph.Count + 1];
        Array.Fill(_immediate, -1);
        Array.Fill(_rank, -1);
        _immediate[_end] = _end;
        int[] order = Order();
        for (int i = 0; i < order.Length; i++)
        {
            _rank[order[i]] = i;
        }

        Solve(order);
    }

    /// <summary>Of all ways.</summary>
    public static PostDominators Of(ControlFlowGraph graph) => new(graph, null);

    /// <summary>Of the ways among some blocks, to which no way leads back from the others.</summary>
    public static PostDominators Among(ControlFlowGraph graph, bool[] blocks) => new(graph, blocks);

    /// <summary>Index of the block where all ways meet; null when it is the end, or is not known.</summary>
    public int? Immediate(int block) => _immediate[block] is var meeting && meeting >= 0 && meeting != _end ? meeting : null;

    /// <summary>Whether a way to the common end begins in a block.</summary>
    private bool Leaves(int block)
    {
        if (_among is not { } among)
        {
            return _graph.Leaves(block);
        }

        if (!among[block])
        {
            return false;
        }

        foreach (int next in _graph.Successors(block))
        {
            if (among[next])
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Reverse postorder of the reversed graph, from the common end.</summary>
    private int[] Order()
    {
        List<int> leaving = [];
        foreach (int block in _graph.Order)
        {
            if (Leaves(block))
            {
                leaving.Add(block);
            }
        }

        ArrayView<int> ends = new([.. leaving]);
        var seen = new bool[_graph.Count + 1];
        seen[_end] = true;
        var order = new int[_graph.Count + 1];
        int first = order.Length;
        Stack<(int Block, int Next)> work = new([(_end, 0)]);
        while (work.TryPop(out (int Block, int Next) top))
        {
            ArrayView<int> before = top.Block == _end ? ends : _graph.Predecessors(top.Block);
            if (top.Next == before.Count)
            {
                order[--first] = top.Block;
                continue;
            }

            work.Push((top.Block, top.Next + 1));
            int next = before[top.Next];
            if (!seen[next] && _graph.Rank(next) >= 0)
            {
                seen[next] = true;
                work.Push((next, 0));
            }
        }

        return order[first..];
    }

    private void Solve(int[] order)
    {
        long steps = 0;
        bool changed = true;
        while (changed)
        {
            changed = false;
            foreach (int block in order.AsSpan(1))
            {
                int chosen = Leaves(block) ? _end : -1;
                foreach (int after in _graph.Successors(block))
                {
                    if (_immediate[after] >= 0)
                    {
                        chosen = chosen < 0 ? after : Intersect(after, chosen, ref steps);
                    }
                }

                changed |= _immediate[block] != chosen;
                _immediate[block] = chosen;
                if (steps > MaxSteps)
                {
                    Array.Fill(_immediate, _end);
                    return;
                }
            }
        }
    }

    private int Intersect(int a, int b, ref long steps)
    {
        while (a != b)
        {
            steps++;
            if (_rank[a] > _rank[b])
            {
                a = _immediate[a];
            }
            else
            {
                b = _immediate[b];
            }
        }

        return a;
    }
}

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

    /// <summary>Whether threads may end in a block, or leave it for one that stops them.</summary>
    private bool Leaves(int block) => _among is { } among
        ? among[block] && !_graph.Successors(block).Any(next => among[next])
        : _graph.Successors(block).Count < Ways(_graph, block) || _graph.Successors(block).Count == 0;

    /// <summary>How many ways lead out of a block; two that lead to the same block are one.</summary>
    private static int Ways(ControlFlowGraph graph, int block)
    {
        Ir.Block code = graph.Blocks[block];
        int targets = code.Targets.Distinct().Count();
        bool ends = code.Terminator?.Opcode.Effect is Isa.Effect.Return or Isa.Effect.Exit or Isa.Effect.Trap;
        bool goesOn = code.FallsThrough && code.Next is { } next && !code.Targets.Contains(next.Label);
        return targets + (ends ? 1 : 0) + (goesOn ? 1 : 0);
    }

    /// <summary>Reverse postorder of the reversed graph, from the common end.</summary>
    private int[] Order()
    {
        List<int> leaving = [.. _graph.Order.Where(Leaves)];
        var seen = new bool[_graph.Count + 1];
        seen[_end] = true;
        List<int> postorder = [];
        Stack<(int Block, int Next)> work = new([(_end, 0)]);
        while (work.TryPop(out (int Block, int Next) top))
        {
            IReadOnlyList<int> before = top.Block == _end ? leaving : _graph.Predecessors(top.Block);
            if (top.Next == before.Count)
            {
                postorder.Add(top.Block);
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

        postorder.Reverse();
        return [.. postorder];
    }

    private void Solve(int[] order)
    {
        long steps = 0;
        bool changed = true;
        while (changed)
        {
            changed = false;
            foreach (int block in order.Skip(1))
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

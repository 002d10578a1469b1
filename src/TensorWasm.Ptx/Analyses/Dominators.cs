using System.Globalization;
using System.Text;

namespace TensorWasm.Ptx.Analyses;

/// <summary>
/// Immediate dominators, by the iteration of Cooper, Harvey and Kennedy. Its worst case is quadratic, so it has a
/// budget; beyond it nothing is known and every question is answered "no".
/// </summary>
public sealed class Dominators
{
    private const long MaxSteps = 1 << 26;

    private readonly ControlFlowGraph _graph;
    private readonly int[] _immediate;
    private readonly int[] _first;
    private readonly int[] _last;

    private Dominators(ControlFlowGraph graph)
    {
        _graph = graph;
        _immediate = new int[graph.Count];
        _first = new int[graph.Count];
        _last = new int[graph.Count];
        Array.Fill(_immediate, -1);
        _immediate[0] = 0;
        IsKnown = Solve();
        Number();
    }

    /// <summary>False when the budget was exceeded.</summary>
    public bool IsKnown { get; }

    /// <summary>Computes the dominators of a graph.</summary>
    /// <param name="graph">The graph.</param>
    /// <returns>The dominators.</returns>
    public static Dominators Of(ControlFlowGraph graph) => new(graph);

    /// <summary>The closest block that every path to a block goes through; the entry's is itself.</summary>
    /// <param name="block">Index of the block.</param>
    /// <returns>Index of its immediate dominator.</returns>
    public int Immediate(int block) => _immediate[block];

    /// <summary>Whether every path to <paramref name="block"/> goes through <paramref name="dominator"/>.</summary>
    /// <param name="dominator">Index of the supposed dominator.</param>
    /// <param name="block">Index of the block.</param>
    /// <returns>True when it does; a block dominates itself.</returns>
    public bool Dominates(int dominator, int block)
    {
        if (!IsKnown)
        {
            return false;
        }

        return _first[dominator] <= _first[block] && _first[block] <= _last[dominator];
    }

    /// <summary>Throws when a block's predecessors contradict its immediate dominator.</summary>
    public void Verify()
    {
        foreach (int block in _graph.Order.Skip(1))
        {
            foreach (int before in _graph.Predecessors(block).Where(p => _graph.Rank(p) >= 0))
            {
                AnalysisException.Require(
                    !IsKnown || Dominates(_immediate[block], before), "a path avoids an immediate dominator");
            }
        }
    }

    /// <inheritdoc/>
    public override string ToString()
    {
        var text = new StringBuilder();
        foreach (int block in _graph.Order)
        {
            text.Append(
                CultureInfo.InvariantCulture,
                $"{_graph.Blocks[block]} after {_graph.Blocks[_immediate[block]]}\n");
        }

        return text.ToString();
    }

    private bool Solve()
    {
        long steps = 0;
        bool changed = true;
        while (changed)
        {
            changed = false;
            foreach (int block in _graph.Order.Span[1..])
            {
                int chosen = -1;
                foreach (int before in _graph.Predecessors(block))
                {
                    if (_immediate[before] >= 0)
                    {
                        chosen = chosen < 0 ? before : Intersect(before, chosen, ref steps);
                    }
                }

                changed |= _immediate[block] != chosen;
                _immediate[block] = chosen;
                if (steps > MaxSteps)
                {
                    Array.Fill(_immediate, 0);
                    return false;
                }
            }
        }

        return true;
    }

    /// <summary>Numbers the tree depth-first, so that a block's dominated blocks are an interval.</summary>
    private void Number()
    {
        // A block comes after its dominator in the order. So sizes add up from the end, and places, each after its
        // dominator and the siblings before it, follow from them from the beginning.
        ReadOnlySpan<int> order = _graph.Order.Span;
        var size = new int[_graph.Count];
        for (int i = order.Length - 1; i >= 0; i--)
        {
            int block = order[i];
            size[block]++;
            if (i > 0)
            {
                size[_immediate[block]] += size[block];
            }
        }

        var next = new int[_graph.Count];
        foreach (int block in order)
        {
            int dominator = _immediate[block];
            _first[block] = next[dominator];
            next[dominator] += size[block];
            next[block] = _first[block] + 1;
            _last[block] = _first[block] + size[block] - 1;
        }
    }

    private int Intersect(int a, int b, ref long steps)
    {
        while (a != b)
        {
            steps++;
            if (_graph.Rank(a) > _graph.Rank(b))
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

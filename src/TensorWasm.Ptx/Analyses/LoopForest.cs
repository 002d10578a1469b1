using System.Globalization;
using System.Text;

namespace TensorWasm.Ptx.Analyses;

/// <summary>The natural loops of a graph. Loops with one header count as one.</summary>
public sealed class LoopForest
{
    /// <summary>Total size of all loops; hostile nests would make it quadratic. Beyond it outer loops are left out.</summary>
    private const int MaxMembers = 1 << 20;

    private readonly ControlFlowGraph _graph;
    private readonly Dominators _dominators;

    private LoopForest(ControlFlowGraph graph, Dominators dominators)
    {
        _graph = graph;
        _dominators = dominators;
        Loops = Find();
        HashSet<int> headers = [.. Loops.Select(loop => loop.Header)];
        foreach (Loop loop in Loops)
        {
            loop.IsInnermost = !loop.Blocks.Any(block => block != loop.Header && headers.Contains(block))
                && !HasForeignCycle(loop);
        }
    }

    /// <summary>The loops, those with later headers first, so that inner loops come before outer ones.</summary>
    public IReadOnlyList<Loop> Loops { get; }

    /// <summary>Finds the loops of a graph.</summary>
    /// <param name="graph">The graph.</param>
    /// <param name="dominators">Its dominators.</param>
    /// <returns>The loops.</returns>
    public static LoopForest Of(ControlFlowGraph graph, Dominators dominators) => new(graph, dominators);

    /// <summary>Throws when a loop can be entered other than through its header.</summary>
    public void Verify()
    {
        foreach (Loop loop in Loops)
        {
            foreach (int block in loop.Blocks.Where(block => block != loop.Header))
            {
                AnalysisException.Require(
                    _graph.Predecessors(block).All(p => loop.Blocks.Contains(p) || _graph.Rank(p) < 0),
                    "a loop is entered past its header");
            }
        }
    }

    /// <inheritdoc/>
    public override string ToString()
    {
        var text = new StringBuilder();
        foreach (Loop loop in Loops)
        {
            text.Append(
                CultureInfo.InvariantCulture,
                $"loop at {_graph.Blocks[loop.Header]}: {loop.Blocks.Count} blocks{(loop.IsInnermost ? ", innermost" : "")}\n");
        }

        return text.ToString();
    }

    private List<Loop> Find()
    {
        List<Loop> loops = [];
        if (!_dominators.IsKnown)
        {
            return loops;
        }

        int members = 0;
        for (int i = _graph.Order.Count - 1; i >= 0; i--)
        {
            int header = _graph.Order[i];
            if (!HasLatch(header))
            {
                continue;
            }

            int[] latches = [.. _graph.Predecessors(header).Where(before => IsLatch(header, before))];
            HashSet<int> blocks = [header];
            Stack<int> work = new(latches.Where(blocks.Add));
            while (work.TryPop(out int block))
            {
                foreach (int before in _graph.Predecessors(block))
                {
                    if (_graph.Rank(before) >= 0 && blocks.Add(before))
                    {
                        work.Push(before);
                    }
                }
            }

            members += blocks.Count;
            if (members > MaxMembers)
            {
                break;
            }

            loops.Add(new Loop(header, latches, blocks));
        }

        return loops;
    }

    private bool HasLatch(int header)
    {
        foreach (int before in _graph.Predecessors(header))
        {
            if (IsLatch(header, before))
            {
                return true;
            }
        }

        return false;
    }

    private bool IsLatch(int header, int block) => _graph.Rank(block) >= 0 && _dominators.Dominates(header, block);

    /// <summary>A cycle that is no natural loop (two entries) inside; then nothing may be assumed of an iteration.</summary>
    private bool HasForeignCycle(Loop loop) => loop.Blocks.Any(from => _graph.Successors(from)
        .Any(to => to != loop.Header && loop.Blocks.Contains(to) && _graph.IsRetreating(from, to)));
}

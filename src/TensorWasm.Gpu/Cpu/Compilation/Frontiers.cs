namespace TensorWasm.Gpu.Cpu.Compilation;

/// <summary>
/// For each block the blocks at which other threads of the warp may wait while it runs (thread frontiers, Diamos et al.
/// 2011). Always the earliest block with threads runs next, so few blocks can have waiting threads, and a branch needs
/// to ask only for those.
/// </summary>
internal sealed class Frontiers
{
    private readonly KernelGraph _graph;
    private readonly BitSet[] _waiting;
    private readonly bool[] _lost;

    internal Frontiers(KernelGraph graph, Func<int, bool> isDivergent)
    {
        _graph = graph;
        int count = graph.Nodes.Length;
        _waiting = [.. graph.Nodes.Select(_ => new BitSet(count))];
        _lost = new bool[count];
        bool changed = true;
        while (changed)
        {
            changed = false;
            foreach (BlockNode node in graph.Nodes)
            {
                foreach (int[] outcome in Outcomes(node, isDivergent(node.Index)))
                {
                    changed |= Propagate(node, outcome, isDivergent(node.Index));
                }
            }
        }
    }

    /// <summary>Blocks with waiting threads while a block runs.</summary>
    internal BitSet Waiting(int block) => _waiting[block];

    /// <summary>Whether all threads that began run when a block does.</summary>
    internal bool IsFull(int block) => !_lost[block] && _waiting[block].IsEmpty;

    /// <summary>The sets of blocks to which the threads of a block may go at once.</summary>
    internal static IEnumerable<int[]> Outcomes(BlockNode node, bool isDivergent)
    {
        if (isDivergent)
        {
            return [[.. node.Successors]];
        }

        IEnumerable<int[]> outcomes = node.Successors.Select(next => new[] { next });
        return node.Exits ? outcomes.Append([]) : outcomes;
    }

    private bool Propagate(BlockNode node, int[] outcome, bool isDivergent)
    {
        BitSet before = _waiting[node.Index];
        int last = outcome.Length == 0 ? int.MaxValue : outcome.Max();
        int[] candidates = [.. before.Items().Concat(outcome).Distinct().Order()];
        bool loses = node.Exits && (outcome.Length == 0 || isDivergent);
        bool changed = false;
        for (int i = 0; i < candidates.Length && candidates[i] <= last; i++)
        {
            int next = candidates[i];
            for (int j = i + 1; j < candidates.Length; j++)
            {
                changed |= _waiting[next].Add(candidates[j]);
            }

            if ((loses || _lost[node.Index]) && !_lost[next])
            {
                _lost[next] = changed = true;
            }
        }

        return changed;
    }
}

using TensorWasm.Ptx.Analyses;

namespace TensorWasm.Gpu.Cpu.Compilation;

/// <summary>
/// A weak topological order (Bourdoncle 1993): blocks stand before their successors except along back edges, and the
/// blocks of a loop stand together. Threads of a warp that went different ways then meet where PTX programs expect it,
/// since the earliest block with waiting threads always runs next.
/// </summary>
internal sealed class BlockOrder
{
    private readonly ControlFlowGraph _graph;
    private readonly List<int> _result = [];
    private readonly int[] _region;
    private readonly int[] _number;
    private readonly int[] _low;
    private readonly int[] _at;
    private int _regions;

    private BlockOrder(ControlFlowGraph graph)
    {
        _graph = graph;
        _region = new int[graph.Count];
        _number = new int[graph.Count];
        _low = new int[graph.Count];
        _at = new int[graph.Count];
        Visit([.. graph.Order], 0);
    }

    internal static int[] Of(ControlFlowGraph graph) => [.. new BlockOrder(graph)._result];

    private void Visit(List<int> blocks, int depth)
    {
        if (depth > CpuLimits.LoopDepth)
        {
            _result.AddRange(blocks);
            return;
        }

        int region = ++_regions;
        foreach (int block in blocks)
        {
            _region[block] = region;
            _number[block] = 0;
        }

        foreach (List<int> component in Components(blocks, region))
        {
            if (component.Count == 1)
            {
                _result.Add(component[0]);
                continue;
            }

            component.Sort((a, b) => _graph.Rank(a).CompareTo(_graph.Rank(b)));
            _result.Add(component[0]);
            Visit(component[1..], depth + 1);
        }
    }

    /// <summary>Strongly connected components within a region, in topological order; Tarjan, without recursion.</summary>
    private List<List<int>> Components(List<int> blocks, int region)
    {
        List<List<int>> found = [];
        Stack<int> open = [];
        HashSet<int> isOpen = [];
        Stack<int> work = [];
        int counter = 0;
        foreach (int root in blocks)
        {
            if (_number[root] == 0)
            {
                work.Push(root);
            }

            while (work.TryPeek(out int block))
            {
                if (_number[block] == 0)
                {
                    _number[block] = _low[block] = ++counter;
                    _at[block] = 0;
                    open.Push(block);
                    isOpen.Add(block);
                }

                if (Advance(block, region, isOpen) is var next and >= 0)
                {
                    work.Push(next);
                    continue;
                }

                work.Pop();
                Close(block, open, isOpen, found);
            }
        }

        found.Reverse();
        return found;
    }

    /// <summary>Looks at successors until one was never seen, and returns that; -1 when all were.</summary>
    private int Advance(int block, int region, HashSet<int> isOpen)
    {
        var successors = _graph.Successors(block);
        for (; _at[block] < successors.Count; _at[block]++)
        {
            int next = successors[_at[block]];
            if (_region[next] != region)
            {
                continue;
            }

            if (_number[next] == 0)
            {
                return next;
            }

            if (isOpen.Contains(next))
            {
                _low[block] = Math.Min(_low[block], _low[next]);
            }
        }

        return -1;
    }

    private void Close(int block, Stack<int> open, HashSet<int> isOpen, List<List<int>> found)
    {
        if (_low[block] != _number[block])
        {
            return;
        }

        List<int> component = [];
        int member;
        do
        {
            member = open.Pop();
            isOpen.Remove(member);
            component.Add(member);
        }
        while (member != block);

        found.Add(component);
    }
}

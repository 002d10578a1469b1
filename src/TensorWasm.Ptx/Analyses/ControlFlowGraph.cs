using System.Globalization;
using System.Text;
using TensorWasm.Ptx.Ir;

namespace TensorWasm.Ptx.Analyses;

/// <summary>Successors, predecessors and reverse postorder of a kernel's blocks, by their index in the kernel.</summary>
public sealed class ControlFlowGraph
{
    private readonly int[][] _successors;
    private readonly int[][] _predecessors;
    private readonly int[] _order;
    private readonly int[] _rank;
    private bool _isOpen;

    private ControlFlowGraph(Kernel kernel)
    {
        Kernel = kernel;
        Blocks = [.. kernel.Blocks];
        var index = new Dictionary<Block, int>(kernel.Blocks.Count);
        var byLabel = new Dictionary<Label, int>(kernel.Blocks.Count);
        for (int i = 0; i < kernel.Blocks.Count; i++)
        {
            index.Add(kernel.Blocks[i], i);
            byLabel.Add(kernel.Blocks[i].Label, i);
        }

        _successors = [.. kernel.Blocks.Select(block => SuccessorsOf(block, index, byLabel))];
        _predecessors = Invert(_successors);
        _order = ReversePostorder(_successors);
        _rank = new int[_successors.Length];
        Array.Fill(_rank, -1);
        for (int i = 0; i < _order.Length; i++)
        {
            _rank[_order[i]] = i;
        }
    }

    /// <summary>The kernel.</summary>
    public Kernel Kernel { get; }

    /// <summary>The blocks as they stood when the graph was built; passes that edit the kernel keep these indices.</summary>
    public IReadOnlyList<Block> Blocks { get; }

    /// <summary>Number of blocks.</summary>
    public int Count => _successors.Length;

    /// <summary>Reachable blocks, each before its successors except along retreating edges.</summary>
    public IReadOnlyList<int> Order => _order;

    /// <summary>Builds the graph of a kernel as it stands now.</summary>
    /// <param name="kernel">The kernel.</param>
    /// <returns>The graph.</returns>
    public static ControlFlowGraph Of(Kernel kernel) => new(kernel);

    /// <summary>Where control may go from a block.</summary>
    /// <param name="block">Index of the block.</param>
    /// <returns>Indices, without repetition.</returns>
    public IReadOnlyList<int> Successors(int block) => _successors[block];

    /// <summary>Where control may come from.</summary>
    /// <param name="block">Index of the block.</param>
    /// <returns>Indices.</returns>
    public IReadOnlyList<int> Predecessors(int block) => _predecessors[block];

    /// <summary>Place of a block in <see cref="Order"/>, or -1 when nothing reaches it.</summary>
    /// <param name="block">Index of the block.</param>
    /// <returns>The place.</returns>
    public int Rank(int block) => _rank[block];

    /// <summary>True for an edge that goes back in <see cref="Order"/>; every cycle has one.</summary>
    /// <param name="from">The edge's start.</param>
    /// <param name="to">The edge's end.</param>
    /// <returns>True when it retreats.</returns>
    public bool IsRetreating(int from, int to) => _rank[to] <= _rank[from];

    /// <summary>Throws when the graph of a finished kernel contradicts itself.</summary>
    public void Verify()
    {
        AnalysisException.Require(!_isOpen, "a branch leads to no block");
        HashSet<(int From, int To)> edges = [];
        for (int block = 0; block < Count; block++)
        {
            edges.UnionWith(_predecessors[block].Select(before => (before, block)));
        }

        for (int block = 0; block < Count; block++)
        {
            foreach (int next in _successors[block])
            {
                AnalysisException.Require(edges.Remove((block, next)), "an edge is missing its reverse");
            }
        }

        AnalysisException.Require(edges.Count == 0, "an edge is missing");

        AnalysisException.Require(Count == 0 || _order[0] == 0, "the entry is not first");
    }

    /// <inheritdoc/>
    public override string ToString()
    {
        var text = new StringBuilder();
        foreach (int block in _order)
        {
            text.Append(CultureInfo.InvariantCulture, $"{Blocks[block]} ->");
            foreach (int next in _successors[block])
            {
                text.Append(' ').Append(Blocks[next]);
            }

            text.Append('\n');
        }

        return text.ToString();
    }

    private int[] SuccessorsOf(Block block, Dictionary<Block, int> index, Dictionary<Label, int> byLabel)
    {
        List<int> next = [];
        if (block.FallsThrough && block.Next is { } following)
        {
            next.Add(index[following]);
        }

        foreach (Label label in block.Targets)
        {
            // Blocks that stop a thread are appended when all passes have run; until then their edges lead out.
            if (byLabel.TryGetValue(label, out int target))
            {
                next.Add(target);
            }
            else
            {
                _isOpen = true;
            }
        }

        return [.. next.Distinct()];
    }

    private static int[][] Invert(int[][] successors)
    {
        var lists = new List<int>[successors.Length];
        for (int i = 0; i < lists.Length; i++)
        {
            lists[i] = [];
        }

        for (int i = 0; i < successors.Length; i++)
        {
            foreach (int next in successors[i])
            {
                lists[next].Add(i);
            }
        }

        return [.. lists.Select(list => list.ToArray())];
    }

    /// <summary>Depth-first without recursion: a kernel may have as many blocks as instructions.</summary>
    private static int[] ReversePostorder(int[][] successors)
    {
        var seen = new bool[successors.Length];
        List<int> postorder = [];
        Stack<(int Block, int Next)> work = new([(0, 0)]);
        seen[0] = true;
        while (work.TryPop(out (int Block, int Next) top))
        {
            if (top.Next == successors[top.Block].Length)
            {
                postorder.Add(top.Block);
                continue;
            }

            work.Push((top.Block, top.Next + 1));
            int next = successors[top.Block][top.Next];
            if (!seen[next])
            {
                seen[next] = true;
                work.Push((next, 0));
            }
        }

        postorder.Reverse();
        return [.. postorder];
    }
}

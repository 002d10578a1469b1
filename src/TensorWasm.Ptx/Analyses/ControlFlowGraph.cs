using System.Globalization;
using System.Text;
using TensorWasm.Ptx.Ir;
using TensorWasm.Ptx.Isa;

namespace TensorWasm.Ptx.Analyses;

/// <summary>Successors, predecessors and reverse postorder of a kernel's blocks, by their index in the kernel.</summary>
public sealed class ControlFlowGraph
{
    private readonly Block[] _blocks;

    /// <summary>The edges out of all blocks, one block's after another's, and where each block's begin.</summary>
    private readonly int[] _successors;
    private readonly int[] _firstSuccessor;
    private readonly int[] _predecessors;
    private readonly int[] _firstPredecessor;
    private readonly int[] _order;
    private readonly int[] _rank;
    private readonly bool[] _leaves;
    private bool _isOpen;

    private ControlFlowGraph(Kernel kernel)
    {
        Kernel = kernel;
        _blocks = [.. kernel.Code];
        for (int i = 0; i < _blocks.Length; i++)
        {
            _blocks[i].Index = i;
        }

        _leaves = new bool[_blocks.Length];
        _firstSuccessor = new int[_blocks.Length + 1];
        _successors = Edges();
        _firstPredecessor = new int[_blocks.Length + 1];
        _predecessors = Invert();
        _order = ReversePostorder();
        _rank = new int[_blocks.Length];
        Array.Fill(_rank, -1);
        for (int i = 0; i < _order.Length; i++)
        {
            _rank[_order[i]] = i;
        }
    }

    /// <summary>The kernel.</summary>
    public Kernel Kernel { get; }

    /// <summary>The blocks as they stood when the graph was built; passes that edit the kernel keep these indices.</summary>
    public ArrayView<Block> Blocks => new(_blocks);

    /// <summary>Number of blocks.</summary>
    public int Count => _blocks.Length;

    /// <summary>Reachable blocks, each before its successors except along retreating edges.</summary>
    public ArrayView<int> Order => new(_order);

    /// <summary>Builds the graph of a kernel as it stands now.</summary>
    /// <param name="kernel">The kernel.</param>
    /// <returns>The graph.</returns>
    public static ControlFlowGraph Of(Kernel kernel) => new(kernel);

    /// <summary>Where control may go from a block.</summary>
    /// <param name="block">Index of the block.</param>
    /// <returns>Indices, without repetition.</returns>
    public ArrayView<int> Successors(int block) => Edges(_successors, _firstSuccessor, block);

    /// <summary>Where control may come from.</summary>
    /// <param name="block">Index of the block.</param>
    /// <returns>Indices.</returns>
    public ArrayView<int> Predecessors(int block) => Edges(_predecessors, _firstPredecessor, block);

    /// <summary>Place of a block in <see cref="Order"/>, or -1 when nothing reaches it.</summary>
    /// <param name="block">Index of the block.</param>
    /// <returns>The place.</returns>
    public int Rank(int block) => _rank[block];

    /// <summary>True for an edge that goes back in <see cref="Order"/>; every cycle has one.</summary>
    /// <param name="from">The edge's start.</param>
    /// <param name="to">The edge's end.</param>
    /// <returns>True when it retreats.</returns>
    public bool IsRetreating(int from, int to) => _rank[to] <= _rank[from];

    /// <summary>Whether threads may end in a block, or leave it for one that stops them, which is not there yet.</summary>
    /// <param name="block">Index of the block.</param>
    /// <returns>True when they may.</returns>
    internal bool Leaves(int block) => _leaves[block];

    /// <summary>Throws when the graph of a finished kernel contradicts itself.</summary>
    public void Verify()
    {
        AnalysisException.Require(!_isOpen, "a branch leads to no block");
        HashSet<(int From, int To)> edges = new(_predecessors.Length);
        for (int block = 0; block < Count; block++)
        {
            foreach (int before in Predecessors(block))
            {
                edges.Add((before, block));
            }
        }

        for (int block = 0; block < Count; block++)
        {
            foreach (int next in Successors(block))
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
            foreach (int next in Successors(block))
            {
                text.Append(' ').Append(Blocks[next]);
            }

            text.Append('\n');
        }

        return text.ToString();
    }

    private static ArrayView<int> Edges(int[] edges, int[] first, int block) =>
        new(edges, first[block], first[block + 1] - first[block]);

    private int[] Edges()
    {
        // Most blocks have two ways out at most; a table may name a block many times.
        List<int> edges = new(2 * _blocks.Length);
        var foundFrom = new int[_blocks.Length];
        for (int i = 0; i < _blocks.Length; i++)
        {
            Block block = _blocks[i];
            _firstSuccessor[i] = edges.Count;
            if (block.FallsThrough && block.Next is { } following)
            {
                AnalysisException.Require(TryFind(following, out int next), "a block goes on to one that is not there");
                foundFrom[next] = i + 1;
                edges.Add(next);
            }

            switch (block.Terminator)
            {
                case { Opcode.Effect: Effect.Branch } branch:
                    Add(i, ((LabelOperand)branch.Operands[0]).Label, edges, foundFrom);
                    break;
                case { Opcode.Effect: Effect.BranchTable } jump:
                    foreach (Label label in ((TableOperand)jump.Operands[1]).Labels)
                    {
                        Add(i, label, edges, foundFrom);
                    }

                    break;
                case not null:
                    _leaves[i] = true;
                    break;
            }

            _leaves[i] |= edges.Count == _firstSuccessor[i];
        }

        _firstSuccessor[^1] = edges.Count;
        return [.. edges];
    }

    private void Add(int from, Label label, List<int> edges, int[] foundFrom)
    {
        // Blocks that stop a thread are appended when all passes have run; until then their edges lead out.
        if (label.Block is not { } block || !TryFind(block, out int to))
        {
            _isOpen = _leaves[from] = true;
        }
        else if (foundFrom[to] != from + 1)
        {
            foundFrom[to] = from + 1;
            edges.Add(to);
        }
    }

    private bool TryFind(Block block, out int index)
    {
        index = block.Index;
        return index < _blocks.Length && _blocks[index] == block;
    }

    private int[] Invert()
    {
        foreach (int to in _successors)
        {
            _firstPredecessor[to + 1]++;
        }

        for (int i = 1; i < _firstPredecessor.Length; i++)
        {
            _firstPredecessor[i] += _firstPredecessor[i - 1];
        }

        var inverted = new int[_successors.Length];
        int[] next = [.. _firstPredecessor];
        for (int from = 0; from < _blocks.Length; from++)
        {
            foreach (int to in Successors(from))
            {
                inverted[next[to]++] = from;
            }
        }

        return inverted;
    }

    /// <summary>Depth-first without recursion: a kernel may have as many blocks as instructions.</summary>
    private int[] ReversePostorder()
    {
        var seen = new bool[_blocks.Length];
        var order = new int[_blocks.Length];
        int first = order.Length;
        Stack<(int Block, int Next)> work = new([(0, 0)]);
        seen[0] = true;
        while (work.TryPop(out (int Block, int Next) top))
        {
            ArrayView<int> successors = Successors(top.Block);
            if (top.Next == successors.Count)
            {
                order[--first] = top.Block;
                continue;
            }

            work.Push((top.Block, top.Next + 1));
            int next = successors[top.Next];
            if (!seen[next])
            {
                seen[next] = true;
                work.Push((next, 0));
            }
        }

        return first == 0 ? order : order[first..];
    }
}

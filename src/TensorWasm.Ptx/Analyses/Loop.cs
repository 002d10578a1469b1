namespace TensorWasm.Ptx.Analyses;

/// <summary>A natural loop: a header that dominates the sources of its back edges, and what reaches them.</summary>
public sealed class Loop
{
    internal Loop(int header, IReadOnlyList<int> latches, IReadOnlySet<int> blocks)
    {
        Header = header;
        Latches = latches;
        Blocks = blocks;
    }

    /// <summary>Index of the block that every entry goes through.</summary>
    public int Header { get; }

    /// <summary>Blocks with an edge back to the header.</summary>
    public IReadOnlyList<int> Latches { get; }

    /// <summary>All blocks of the loop.</summary>
    public IReadOnlySet<int> Blocks { get; }

    /// <summary>True when no other loop lies inside.</summary>
    public bool IsInnermost { get; internal set; } = true;
}

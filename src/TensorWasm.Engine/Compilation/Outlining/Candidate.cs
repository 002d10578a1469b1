namespace TensorWasm.Engine.Compilation;

/// <summary>Consecutive statements that could be outlined.</summary>
internal sealed class Candidate
{
    internal required Scope Scope { get; init; }

    internal required int Start { get; init; }

    internal required int End { get; set; }

    /// <summary>Whether control can come to the end.</summary>
    internal required bool FallsThrough { get; set; }

    /// <summary>What the statements take where they are.</summary>
    internal required CodeSize Size { get; set; }

    /// <summary>The scopes around it that branches in it name, by index.</summary>
    internal required HashSet<int> Exits { get; init; }

    /// <summary>Events of the function: the first inside, and the first behind.</summary>
    internal int FirstEvent { get; set; }

    internal int EndEvent { get; set; }

    /// <summary>The locals that occur in it, by place, and whether they are set.</summary>
    internal Dictionary<int, bool> Locals { get; } = [];

    /// <summary>Places of locals to pass.</summary>
    internal List<int> Inputs { get; } = [];

    /// <summary>Places of locals to hand back.</summary>
    internal HashSet<int> Outputs { get; } = [];
}

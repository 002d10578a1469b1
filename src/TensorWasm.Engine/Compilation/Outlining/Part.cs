namespace TensorWasm.Engine.Compilation;

/// <summary>
/// Statements of a function that become a method of their own. It takes the locals that it may read, and the exchange; it
/// returns by which way control leaves it, and hands back through the exchange the locals that it set and, for a branch that
/// carries values, those.
/// </summary>
/// <param name="Start">The position of its first instruction in the function's code.</param>
/// <param name="End">The position behind its last.</param>
/// <param name="Scope">The scope in whose body it lies.</param>
internal sealed record Part(int Start, int End, Scope Scope)
{
    /// <summary>Locals that are passed to it.</summary>
    internal IReadOnlyList<int> Inputs { get; set; } = [];

    /// <summary>Locals that it may set and that may be read afterwards.</summary>
    internal IReadOnlyList<int> Outputs { get; set; } = [];

    /// <summary>Parts of it that are outlined in turn, by where they start.</summary>
    internal Dictionary<int, Part> Parts { get; } = [];

    /// <summary>What it takes less in the code around it than the statements would.</summary>
    internal CodeSize Saved { get; set; }

    /// <summary>Which of the function's outlined methods it is.</summary>
    internal int Method { get; set; }

    /// <summary>
    /// The depths of the scopes to whose labels control leaves it, by the number that it returns; -1 stands for its end.
    /// Known once it is compiled.
    /// </summary>
    internal IReadOnlyList<int> Exits { get; set; } = [];
}

namespace TensorWasm.Ptx.Analyses;

/// <summary>An instruction's place: index of its block and index in it.</summary>
internal readonly record struct CodePoint(int Block, int Index)
{
    /// <summary>A place that is not known.</summary>
    public static CodePoint Unknown => new(-1, -1);

    /// <summary>Whether it comes before another place in the order of the code.</summary>
    public bool IsBefore(CodePoint other) => Block < other.Block || (Block == other.Block && Index < other.Index);
}

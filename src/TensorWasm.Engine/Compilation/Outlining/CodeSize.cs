namespace TensorWasm.Engine.Compilation;

/// <summary>How large code is, in everything that RyuJIT sets a limit to.</summary>
/// <param name="Bytes">Bytes of CIL.</param>
/// <param name="Instructions">CIL instructions.</param>
/// <param name="Blocks">Basic blocks.</param>
/// <param name="LocalReferences">Instructions that name a local or an argument.</param>
internal readonly record struct CodeSize(int Bytes, int Instructions, int Blocks, int LocalReferences)
{
    public static CodeSize operator +(CodeSize a, CodeSize b) =>
        new(a.Bytes + b.Bytes, a.Instructions + b.Instructions, a.Blocks + b.Blocks, a.LocalReferences + b.LocalReferences);

    public static CodeSize operator -(CodeSize a, CodeSize b) =>
        new(a.Bytes - b.Bytes, a.Instructions - b.Instructions, a.Blocks - b.Blocks, a.LocalReferences - b.LocalReferences);

    /// <summary>By how much it is above a share of the limits, in shares, all limits taken together.</summary>
    internal double ExcessOver(CodeSize limit, double share) =>
        Math.Max(0, ((double)Bytes / limit.Bytes) - share)
        + Math.Max(0, ((double)Instructions / limit.Instructions) - share)
        + Math.Max(0, ((double)Blocks / limit.Blocks) - share)
        + Math.Max(0, ((double)LocalReferences / limit.LocalReferences) - share);

    /// <summary>The greatest share that it takes of a limit.</summary>
    internal double ShareOf(CodeSize limit) => Math.Max(
        Math.Max((double)Bytes / limit.Bytes, (double)Instructions / limit.Instructions),
        Math.Max((double)Blocks / limit.Blocks, (double)LocalReferences / limit.LocalReferences));
}

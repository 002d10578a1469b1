namespace TensorWasm.Ptx.Ir;

/// <summary>What a launch must pass.</summary>
/// <param name="Parameters">The author's parameters, in order.</param>
public sealed record KernelSignature(IReadOnlyList<KernelParameter> Parameters)
{
    /// <summary>Bytes of the parameter block.</summary>
    public int Size { get; } = Parameters.Count == 0 ? 0 : Parameters[^1].Offset + Parameters[^1].Size;
}

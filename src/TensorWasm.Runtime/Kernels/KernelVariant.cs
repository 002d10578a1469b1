namespace TensorWasm.Runtime;

/// <summary>The code of a kernel for one architecture.</summary>
/// <param name="Architecture">The least architecture that it runs on, such as "sm_90".</param>
/// <param name="Code">The PTX text.</param>
/// <param name="Bytes">The text's size.</param>
public sealed record KernelVariant(string Architecture, Digest Code, long Bytes);

namespace TensorWasm.Wasm;

/// <summary>A recursion group that stands for all groups of the same structure.</summary>
/// <param name="Key">Its structure, as <see cref="TypeCanonicalizer"/> writes it down.</param>
/// <param name="Types">Its definitions, in order.</param>
internal sealed record CanonicalGroup(ulong[] Key, DefinedType[] Types);

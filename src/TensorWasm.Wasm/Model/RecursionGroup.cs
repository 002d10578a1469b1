namespace TensorWasm.Wasm;

/// <summary>A run of type definitions that may refer to each other (section 2.3.9).</summary>
/// <param name="Start">The index of its first type.</param>
/// <param name="Count">How many types it has; may be 0.</param>
public readonly record struct RecursionGroup(int Start, int Count);

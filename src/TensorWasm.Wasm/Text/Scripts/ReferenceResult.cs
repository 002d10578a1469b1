namespace TensorWasm.Wasm.Text;

/// <summary>A reference.</summary>
/// <param name="IsNull">Whether it must be null; otherwise it must not be.</param>
/// <param name="Heap">The heap type it must have; null for any null reference.</param>
/// <param name="Number">The number of <c>ref.extern n</c> or <c>ref.host n</c>; null if any will do.</param>
/// <param name="IsHost">Whether it must be the host's own reference <c>ref.host n</c>, seen as <c>any</c>.</param>
public sealed record ReferenceResult(bool IsNull, HeapType? Heap, uint? Number, bool IsHost) : ScriptResult;

namespace TensorWasm.Wasm;

/// <summary>The size range of a memory (in pages) or of a table (in elements) (section 2.3.12).</summary>
/// <param name="Minimum">The initial size.</param>
/// <param name="Maximum">The size it may grow to; none if null.</param>
/// <param name="Is64">Whether its addresses are i64, otherwise i32.</param>
public readonly record struct Limits(ulong Minimum, ulong? Maximum, bool Is64);

namespace TensorWasm.Fuzz;

/// <summary>A memory of a generated module; sizes are in pages.</summary>
internal sealed record MemoryShape(bool Is64, int Minimum, int Maximum);

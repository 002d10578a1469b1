namespace TensorWasm.Wasm.Text;

/// <summary>An open construct.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Pending">Where its instruction begins among those that wait for their operands.</param>
/// <param name="Label">The label's identifier, if any.</param>
/// <param name="Name">What the name section calls it.</param>
internal readonly record struct Frame(FrameKind Kind, int Pending = 0, string? Label = null, string? Name = null);

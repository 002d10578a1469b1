namespace TensorWasm.Wasm.Text;

/// <summary>A function whose header has been read.</summary>
/// <param name="Function">Its index.</param>
/// <param name="Start">The offset behind its header.</param>
/// <param name="Locals">The identifiers of its parameters, if any.</param>
internal readonly record struct PendingBody(int Function, int Start, LocalSpace Locals);

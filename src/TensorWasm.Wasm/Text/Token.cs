namespace TensorWasm.Wasm.Text;

/// <summary>A token and its place.</summary>
/// <param name="Kind">Its class.</param>
/// <param name="Start">The offset of its first byte.</param>
/// <param name="End">The offset behind its last byte.</param>
/// <param name="Annotation">The first custom or name annotation between the previous token and this one, or -1.</param>
internal readonly record struct Token(TokenKind Kind, int Start, int End, int Annotation);

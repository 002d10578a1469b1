namespace TensorWasm.Ptx.Syntax;

/// <summary>One token: a slice of the text and the place it starts at.</summary>
internal readonly record struct Token(TokenKind Kind, int Start, int Length, SourcePosition Position);

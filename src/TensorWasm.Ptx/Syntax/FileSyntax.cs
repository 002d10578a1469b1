namespace TensorWasm.Ptx.Syntax;

/// <summary>A <c>.file</c> debugging directive (PTX ISA 11.5.3).</summary>
/// <param name="Index">The number that <c>.loc</c> uses.</param>
/// <param name="Name">The file's name.</param>
/// <param name="Extra">Timestamp and size, when given.</param>
/// <param name="Position">Where it starts.</param>
public sealed record FileSyntax(long Index, string Name, IReadOnlyList<long> Extra, SourcePosition Position)
    : SyntaxNode(Position);

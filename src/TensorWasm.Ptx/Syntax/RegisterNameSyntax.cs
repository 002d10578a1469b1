namespace TensorWasm.Ptx.Syntax;

/// <summary>A register name, or a range <c>%r&lt;100&gt;</c> (PTX ISA 5.4.6, Parameterized Variable Names).</summary>
/// <param name="Name">The name, or the prefix of a range.</param>
/// <param name="Count">The count of a range, or null for a single register.</param>
/// <param name="Position">Where it starts.</param>
public sealed record RegisterNameSyntax(string Name, long? Count, SourcePosition Position) : SyntaxNode(Position);

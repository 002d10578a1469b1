namespace TensorWasm.Ptx.Syntax;

/// <summary>A directive between a function's parameters and body, such as <c>.reqntid 128</c> (PTX ISA 11.4).</summary>
/// <param name="Name">The name with its dot.</param>
/// <param name="Values">Its numbers.</param>
/// <param name="Strings">Its strings, for <c>.pragma</c>.</param>
/// <param name="Position">Where it starts.</param>
public sealed record FunctionDirectiveSyntax(
    string Name, IReadOnlyList<long> Values, IReadOnlyList<string> Strings, SourcePosition Position)
    : SyntaxNode(Position);

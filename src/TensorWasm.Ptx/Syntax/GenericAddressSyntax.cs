namespace TensorWasm.Ptx.Syntax;

/// <summary><c>generic(name)+offset</c> in an initialiser (PTX ISA 5.4.4).</summary>
/// <param name="Name">The variable.</param>
/// <param name="Offset">The constant added.</param>
/// <param name="Position">Where it starts.</param>
public sealed record GenericAddressSyntax(string Name, long Offset, SourcePosition Position) : OperandSyntax(Position);

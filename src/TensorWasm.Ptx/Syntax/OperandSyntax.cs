namespace TensorWasm.Ptx.Syntax;

/// <summary>An instruction operand (PTX ISA 6, Instruction Operands).</summary>
/// <param name="Position">Where it starts.</param>
public abstract record OperandSyntax(SourcePosition Position) : SyntaxNode(Position);

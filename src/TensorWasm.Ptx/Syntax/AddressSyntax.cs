namespace TensorWasm.Ptx.Syntax;

/// <summary>An address operand <c>[base+offset]</c> (PTX ISA 6.4.1).</summary>
/// <param name="Base">A register or variable, or null for an absolute address.</param>
/// <param name="Offset">The constant added.</param>
/// <param name="Position">Where it starts.</param>
public sealed record AddressSyntax(string? Base, long Offset, SourcePosition Position) : OperandSyntax(Position);

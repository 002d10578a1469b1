namespace TensorWasm.Ptx.Syntax;

/// <summary>A vector operand <c>{a, b}</c> (PTX ISA 6.4.3).</summary>
/// <param name="Elements">The elements.</param>
/// <param name="Position">Where it starts.</param>
public sealed record VectorSyntax(ArrayView<OperandSyntax> Elements, SourcePosition Position)
    : OperandSyntax(Position);

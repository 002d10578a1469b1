namespace TensorWasm.Ptx.Syntax;

/// <summary>A parenthesised list of a <c>call</c> (PTX ISA 9.7.12.4).</summary>
/// <param name="Arguments">The arguments.</param>
/// <param name="Position">Where it starts.</param>
public sealed record ArgumentListSyntax(ArrayView<OperandSyntax> Arguments, SourcePosition Position)
    : OperandSyntax(Position);

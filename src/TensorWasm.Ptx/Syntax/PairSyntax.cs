namespace TensorWasm.Ptx.Syntax;

/// <summary>Two destinations <c>a|b</c>, as <c>setp</c> and <c>shfl.sync</c> take them.</summary>
/// <param name="First">The first; a register or a sink.</param>
/// <param name="Second">The second; a register or a sink.</param>
/// <param name="Position">Where it starts.</param>
public sealed record PairSyntax(OperandSyntax First, OperandSyntax Second, SourcePosition Position)
    : OperandSyntax(Position);

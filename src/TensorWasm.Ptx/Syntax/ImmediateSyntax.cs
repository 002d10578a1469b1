namespace TensorWasm.Ptx.Syntax;

/// <summary>A constant (PTX ISA 4.5).</summary>
/// <param name="Kind">How it was written.</param>
/// <param name="Bits">Two's complement or IEEE bits.</param>
/// <param name="Position">Where it starts.</param>
public sealed record ImmediateSyntax(ImmediateKind Kind, ulong Bits, SourcePosition Position) : OperandSyntax(Position)
{
    /// <summary>True for an integer constant.</summary>
    public bool IsInteger => Kind is ImmediateKind.Unsigned or ImmediateKind.Signed;
}

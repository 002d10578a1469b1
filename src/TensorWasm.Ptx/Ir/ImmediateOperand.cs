using TensorWasm.Ptx.Syntax;

namespace TensorWasm.Ptx.Ir;

/// <summary>A constant (PTX ISA 4.5).</summary>
/// <param name="Kind">How it was written.</param>
/// <param name="Bits">Two's complement or IEEE bits.</param>
public sealed record ImmediateOperand(ImmediateKind Kind, ulong Bits) : Operand
{
    /// <summary>An integer constant.</summary>
    /// <param name="value">Its value.</param>
    public ImmediateOperand(long value)
        : this(value < 0 ? ImmediateKind.Signed : ImmediateKind.Unsigned, unchecked((ulong)value))
    {
    }

    /// <summary>True for an integer constant.</summary>
    public bool IsInteger => Kind is ImmediateKind.Unsigned or ImmediateKind.Signed;
}

namespace TensorWasm.Ptx.Ir;

/// <summary>A vector of operands (PTX ISA 6.4.3).</summary>
/// <param name="Elements">The elements.</param>
public sealed record VectorOperand(ArrayView<Operand> Elements) : Operand
{
    /// <summary>A vector of operands.</summary>
    /// <param name="elements">The elements.</param>
    public VectorOperand(Operand[] elements)
        : this(new ArrayView<Operand>(elements))
    {
    }
}

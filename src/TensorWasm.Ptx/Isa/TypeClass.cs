namespace TensorWasm.Ptx.Isa;

/// <summary>What a type's bits mean, for operand type checking (PTX ISA 9.2).</summary>
public enum TypeClass
{
    /// <summary>A predicate.</summary>
    Predicate,

    /// <summary>Untyped bits.</summary>
    Bits,

    /// <summary>Signed or unsigned integers, which agree with each other.</summary>
    Integer,

    /// <summary>
    /// Two integers side by side: no carry goes from one to the other, so that nothing known of sums holds for them.
    /// </summary>
    PackedInteger,

    /// <summary>Floating point.</summary>
    Float,

    /// <summary>Formats that live in untyped registers.</summary>
    PackedFloat,
}

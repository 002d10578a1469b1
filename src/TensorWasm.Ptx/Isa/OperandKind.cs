namespace TensorWasm.Ptx.Isa;

/// <summary>What may stand at an operand's place.</summary>
public enum OperandKind
{
    /// <summary>A register, a constant, or a vector of them.</summary>
    Value,

    /// <summary>A register, or a vector whose parts together have the type's size.</summary>
    Packed,

    /// <summary>A memory address in brackets.</summary>
    Memory,

    /// <summary>An integer constant.</summary>
    Immediate,

    /// <summary>A 64-bit shared-memory matrix descriptor (PTX ISA 9.7.15.5.1).</summary>
    Descriptor,

    /// <summary>A label.</summary>
    Label,

    /// <summary>The label of a <c>.branchtargets</c> list.</summary>
    Table,
}

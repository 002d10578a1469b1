namespace TensorWasm.Ptx.Isa;

/// <summary>State spaces that memory operands name (PTX ISA 5.1).</summary>
public enum StateSpace
{
    /// <summary>No space named: a generic address (PTX ISA 6.4.1.1).</summary>
    Generic,

    /// <summary><c>.global</c>.</summary>
    Global,

    /// <summary><c>.shared</c>, of the own block.</summary>
    Shared,

    /// <summary><c>.local</c>.</summary>
    Local,

    /// <summary><c>.param</c>.</summary>
    Param,

    /// <summary><c>.const</c>.</summary>
    Const,
}

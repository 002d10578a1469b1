namespace TensorWasm.Ptx.Ir;

/// <summary>What a kernel parameter is, as far as its declaration tells.</summary>
public enum ParameterKind
{
    /// <summary>An integer or untyped bits.</summary>
    Integer,

    /// <summary>A float.</summary>
    Float,

    /// <summary>Declared with <c>.ptr</c>. Compilers leave it out often: a 64-bit integer may be a pointer too.</summary>
    Pointer,

    /// <summary>A structure passed by value: an array of bytes.</summary>
    Structure,
}

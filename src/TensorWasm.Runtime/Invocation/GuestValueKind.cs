namespace TensorWasm.Runtime;

/// <summary>The type of a result. The numbers are stored.</summary>
public enum GuestValueKind
{
    /// <summary>A 32-bit integer.</summary>
    I32 = 0,

    /// <summary>A 64-bit integer.</summary>
    I64 = 1,

    /// <summary>A 32-bit float.</summary>
    F32 = 2,

    /// <summary>A 64-bit float.</summary>
    F64 = 3,

    /// <summary>A vector of 128 bits.</summary>
    V128 = 4,

    /// <summary>A reference: only whether it is null can be told.</summary>
    Reference = 5,
}

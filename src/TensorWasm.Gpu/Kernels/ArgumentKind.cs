namespace TensorWasm.Gpu;

/// <summary>What a caller says an argument is.</summary>
public enum ArgumentKind
{
    /// <summary>A 32-bit integer of either sign.</summary>
    Int32,

    /// <summary>A 64-bit integer of either sign.</summary>
    Int64,

    /// <summary>A 32-bit float.</summary>
    Float32,

    /// <summary>A 64-bit float.</summary>
    Float64,

    /// <summary>A 64-bit address.</summary>
    Pointer,

    /// <summary>Bytes of a structure, or a number of any other size.</summary>
    Bytes,
}

namespace TensorWasm.Ptx.Syntax;

/// <summary>How a constant was written (PTX ISA 4.5, Constants).</summary>
public enum ImmediateKind
{
    /// <summary>A non-negative integer.</summary>
    Unsigned,

    /// <summary>An integer written with a minus sign.</summary>
    Signed,

    /// <summary>A 32-bit float, <c>0fXXXXXXXX</c>.</summary>
    Single,

    /// <summary>A 64-bit float, <c>0dXXXXXXXXXXXXXXXX</c> or decimal.</summary>
    Double,
}

namespace TensorWasm.Engine.Tests.Semantics;

/// <summary>Which NaNs a result may be (core specification, section 4.3.3, NaN propagation).</summary>
internal enum NaNKind
{
    /// <summary>None: the result is a number.</summary>
    None,

    /// <summary>The canonical NaN of either sign: no operand is a NaN, or only canonical ones are.</summary>
    Canonical,

    /// <summary>Any quiet NaN.</summary>
    Arithmetic,
}

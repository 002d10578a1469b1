namespace TensorWasm.Wasm;

/// <summary>An element segment (section 2.5.7). It holds function indices or expressions, never both.</summary>
/// <param name="Type">The reference type of its elements.</param>
/// <param name="Mode">When it is copied.</param>
/// <param name="Table">The table of an active segment.</param>
/// <param name="TableOffset">Where in that table.</param>
/// <param name="Functions">The elements as function indices, or null.</param>
/// <param name="Expressions">The elements as constant expressions, or null.</param>
public sealed record ElementSegment(
    ValueType Type,
    SegmentMode Mode,
    int Table,
    ConstantExpression TableOffset,
    IReadOnlyList<int>? Functions,
    IReadOnlyList<ConstantExpression>? Expressions)
{
    /// <summary>How many elements there are.</summary>
    public int Count => Functions?.Count ?? Expressions!.Count;
}

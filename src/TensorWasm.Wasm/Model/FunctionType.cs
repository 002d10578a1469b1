namespace TensorWasm.Wasm;

/// <summary>A function type: parameters and results (section 2.3.8).</summary>
/// <param name="Parameters">Parameter types, in order.</param>
/// <param name="Results">Result types, in order.</param>
public sealed record FunctionType(IReadOnlyList<ValueType> Parameters, IReadOnlyList<ValueType> Results) : CompositeType
{
    /// <summary><c>[] -> []</c></summary>
    public static FunctionType Empty { get; } = new([], []);

    /// <summary>Equality of parameters and results, in order.</summary>
    public bool Equals(FunctionType? other) =>
        other is not null && Parameters.SequenceEqual(other.Parameters) && Results.SequenceEqual(other.Results);

    /// <inheritdoc/>
    public override int GetHashCode()
    {
        var hash = default(HashCode);
        foreach (var type in Parameters) hash.Add(type);
        hash.Add(-1);
        foreach (var type in Results) hash.Add(type);
        return hash.ToHashCode();
    }

    /// <summary>The specification's notation, <c>[i32 i32] -> [i64]</c>.</summary>
    public override string ToString() => $"[{string.Join(' ', Parameters)}] -> [{string.Join(' ', Results)}]";
}

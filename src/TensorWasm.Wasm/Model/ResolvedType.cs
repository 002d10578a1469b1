namespace TensorWasm.Wasm;

/// <summary>
/// A value type that means the same in every module: a type index is resolved to its definition. Equality is that of
/// the types.
/// </summary>
/// <param name="Type">
/// The value type; of a concrete reference, only kind and nullability count, and its type index is 0.
/// </param>
/// <param name="Defined">The definition that a concrete reference names; null for every other type.</param>
public readonly record struct ResolvedType(ValueType Type, DefinedType? Defined)
{
    /// <summary>A reference to values of a definition.</summary>
    public static ResolvedType ToDefined(DefinedType type, bool nullable) =>
        new(ValueType.Ref(HeapType.FromIndex(0), nullable), type);

    /// <summary>Whether a value of this type may stand where <paramref name="expected"/> is (section 3.3.4).</summary>
    public bool Matches(ResolvedType expected) => Subtyping.Matches(this, expected);
}

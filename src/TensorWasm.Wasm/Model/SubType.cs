namespace TensorWasm.Wasm;

/// <summary>A type definition: a composite type with its place in the subtype hierarchy (section 2.3.9).</summary>
/// <param name="Composite">The structure.</param>
/// <param name="Supertypes">Indices of the declared supertypes (at most one is valid).</param>
/// <param name="IsFinal">Whether no other type may name this one as its supertype.</param>
public sealed record SubType(CompositeType Composite, IReadOnlyList<int> Supertypes, bool IsFinal)
{
    /// <summary>A final type without supertypes: what a plain <c>(type (func))</c> abbreviates.</summary>
    public static SubType Plain(CompositeType composite) => new(composite, [], true);
}

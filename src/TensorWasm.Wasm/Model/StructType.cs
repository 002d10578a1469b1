namespace TensorWasm.Wasm;

/// <summary>A structure type (section 2.3.8).</summary>
/// <param name="Fields">Its fields, in order.</param>
public sealed record StructType(IReadOnlyList<FieldType> Fields) : CompositeType;

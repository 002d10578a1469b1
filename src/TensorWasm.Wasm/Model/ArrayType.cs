namespace TensorWasm.Wasm;

/// <summary>An array type (section 2.3.8).</summary>
/// <param name="Element">The type of each element.</param>
public sealed record ArrayType(FieldType Element) : CompositeType;

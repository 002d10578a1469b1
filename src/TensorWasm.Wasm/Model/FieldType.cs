namespace TensorWasm.Wasm;

/// <summary>A field of a structure, or the element of an array (section 2.3.7).</summary>
/// <param name="Storage">A value type or a packed type.</param>
/// <param name="IsMutable">Whether it may be set.</param>
public readonly record struct FieldType(ValueType Storage, bool IsMutable);

namespace TensorWasm.Wasm;

/// <summary>A global's type (section 2.3.15).</summary>
/// <param name="Type">The type of its value.</param>
/// <param name="IsMutable">Whether it may be set.</param>
public readonly record struct GlobalType(ValueType Type, bool IsMutable);

namespace TensorWasm.Wasm;

/// <summary>A table's type (section 2.3.14).</summary>
/// <param name="Element">The reference type of its elements.</param>
/// <param name="Limits">Size range, in elements.</param>
public readonly record struct TableType(ValueType Element, Limits Limits);

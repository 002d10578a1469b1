namespace TensorWasm.Wasm;

/// <summary>A function, structure or array type (section 2.3.8).</summary>
public abstract record CompositeType;

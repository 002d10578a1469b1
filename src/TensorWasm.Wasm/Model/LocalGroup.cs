namespace TensorWasm.Wasm;

/// <summary>A run of locals of one type, as function bodies declare them (section 5.5.13).</summary>
/// <param name="Count">How many.</param>
/// <param name="Type">Their type.</param>
public readonly record struct LocalGroup(uint Count, ValueType Type);

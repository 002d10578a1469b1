namespace TensorWasm.Wasm;

/// <summary>A constant expression (section 3.4.13) in the binary format, its final <c>end</c> included.</summary>
/// <param name="Code">Its bytes.</param>
/// <param name="Offset">Where they begin in the module, for error messages.</param>
public readonly record struct ConstantExpression(ReadOnlyMemory<byte> Code, int Offset);

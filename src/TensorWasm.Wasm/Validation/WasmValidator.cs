namespace TensorWasm.Wasm;

/// <summary>Checks modules (section 3).</summary>
public static class WasmValidator
{
}

namespace TensorWasm.Wasm;

/// <summary>
/// Checks modules against the validation rules (section 3) of WebAssembly 3.0. A valid module cannot misuse the stack,
/// call a function with the wrong arguments or name what does not exist, so an engine need not check that again.
/// </summary>
public static class WasmValidator
{
    /// <summary>
    /// Checks a whole module on this thread; <see cref="ModuleValidator"/> checks function by function instead.
    /// </summary>
    /// <exception cref="WasmValidationException">The module is invalid.</exception>
    /// <exception cref="WasmFormatException">A function body or an expression is malformed.</exception>
    public static void Validate(WasmModule module) => new ModuleValidator(module).ValidateBodies();
}

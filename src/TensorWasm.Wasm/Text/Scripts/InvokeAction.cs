namespace TensorWasm.Wasm.Text;

/// <summary><c>(invoke $module "name" arguments)</c></summary>
/// <param name="Module">The instance's identifier; the last instance if null.</param>
/// <param name="Export">The function's name.</param>
/// <param name="Arguments">What it is called with.</param>
public sealed record InvokeAction(string? Module, string Export, IReadOnlyList<ScriptValue> Arguments)
    : ScriptAction(Module, Export);

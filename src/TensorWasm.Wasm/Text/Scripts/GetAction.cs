namespace TensorWasm.Wasm.Text;

/// <summary><c>(get $module "name")</c>: reads a global.</summary>
/// <param name="Module">The instance's identifier; the last instance if null.</param>
/// <param name="Export">The global's name.</param>
public sealed record GetAction(string? Module, string Export) : ScriptAction(Module, Export);

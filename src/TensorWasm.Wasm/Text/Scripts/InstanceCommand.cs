namespace TensorWasm.Wasm.Text;

/// <summary><c>(module instance $name $definition)</c>: instantiates a module that was defined before.</summary>
/// <param name="Line">The line on which it begins.</param>
/// <param name="Name">The instance's identifier, if any.</param>
/// <param name="Definition">The definition's identifier; the last definition if null.</param>
public sealed record InstanceCommand(int Line, string? Name, string? Definition) : ScriptCommand(Line);

namespace TensorWasm.Wasm.Text;

/// <summary>What a script does with an instance.</summary>
/// <param name="Module">The instance's identifier; the last instance if null.</param>
/// <param name="Export">The export's name.</param>
public abstract record ScriptAction(string? Module, string Export);

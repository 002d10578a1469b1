namespace TensorWasm.Wasm.Text;

/// <summary><c>(register "name" $module)</c>: makes an instance's exports importable.</summary>
/// <param name="Line">The line on which it begins.</param>
/// <param name="As">The module name for imports.</param>
/// <param name="Module">The instance's identifier; the last instance if null.</param>
public sealed record RegisterCommand(int Line, string As, string? Module) : ScriptCommand(Line);

namespace TensorWasm.Wasm.Text;

/// <summary>An action for its effect alone.</summary>
/// <param name="Line">The line on which it begins.</param>
/// <param name="Action">The action.</param>
public sealed record ActionCommand(int Line, ScriptAction Action) : ScriptCommand(Line);

namespace TensorWasm.Wasm.Text;

/// <summary>A command of a script.</summary>
/// <param name="Line">The line on which it begins, from 1.</param>
public abstract record ScriptCommand(int Line);

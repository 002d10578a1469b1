namespace TensorWasm.Wasm.Text;

/// <summary><c>(module ...)</c>: defines a module and, unless it is a definition only, instantiates it.</summary>
/// <param name="Line">The line on which it begins.</param>
/// <param name="Module">The module.</param>
public sealed record ModuleCommand(int Line, ScriptModule Module) : ScriptCommand(Line);

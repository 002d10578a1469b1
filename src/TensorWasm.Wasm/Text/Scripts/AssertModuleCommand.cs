namespace TensorWasm.Wasm.Text;

/// <summary>An assertion that a module cannot be used.</summary>
/// <param name="Line">The line on which it begins.</param>
/// <param name="Module">The module.</param>
/// <param name="Fault">In which phase it must be refused.</param>
/// <param name="Message">How the error's reason begins.</param>
public sealed record AssertModuleCommand(int Line, ScriptModule Module, ScriptModuleFault Fault, string Message)
    : ScriptCommand(Line);

namespace TensorWasm.Engine;

/// <summary>How long the steps to a compiled module took.</summary>
/// <param name="Reading">Decoding or parsing; zero where the engine was given a module that was read already.</param>
/// <param name="Validation">Validating; zero where the code came from the cache.</param>
/// <param name="Compilation">
/// Compiling to intermediate code, or loading native code from the cache. The runtime compiles intermediate code to native
/// code when functions are first called.
/// </param>
public readonly record struct ModuleTimes(TimeSpan Reading, TimeSpan Validation, TimeSpan Compilation);

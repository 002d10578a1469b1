namespace TensorWasm.Engine.Compilation;

/// <summary>What changes the code that is made: part of the code cache's key.</summary>
/// <param name="GuardPages">Rely on guard pages; otherwise check bounds.</param>
/// <param name="Fuel">Count fuel.</param>
internal sealed record CompilerOptions(bool GuardPages, bool Fuel);

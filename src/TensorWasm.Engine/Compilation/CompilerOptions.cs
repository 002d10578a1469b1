namespace TensorWasm.Engine.Compilation;

/// <summary>What changes the code that is made: part of the code cache's key.</summary>
/// <param name="GuardPages">Rely on guard pages; otherwise check bounds.</param>
/// <param name="Fuel">Count fuel.</param>
internal sealed record CompilerOptions(bool GuardPages, bool Fuel)
{
    /// <summary>Functions beyond these are divided; null where code is compiled ahead of time, which has no limits.</summary>
    internal JitLimits? Limits { get; init; } = JitLimits.RyuJit;
}

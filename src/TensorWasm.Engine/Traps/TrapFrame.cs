namespace TensorWasm.Engine;

/// <summary>A guest function that was active when a trap happened.</summary>
/// <param name="FunctionIndex">Its index in the module's function index space.</param>
/// <param name="Name">Its name from the name section or an export; null when it has none.</param>
/// <param name="ModuleName">The name of its module; null when it has none.</param>
public sealed record TrapFrame(int FunctionIndex, string? Name, string? ModuleName)
{
    /// <summary>The frame as a line of a backtrace: <c>module!name</c>, with the index in place of a missing name.</summary>
    public override string ToString() => $"{ModuleName ?? "<module>"}!{Name ?? $"<function {FunctionIndex}>"}";
}

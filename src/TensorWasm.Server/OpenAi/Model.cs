using TensorWasm.Runtime;

namespace TensorWasm.Server;

/// <summary>A function that is offered as a model.</summary>
/// <param name="Name">What clients call it.</param>
/// <param name="Function">The function.</param>
/// <param name="Version">The version that is called.</param>
internal sealed record Model(string Name, FunctionReference Function, FunctionVersion Version)
{
    /// <summary>Changes with the module: with the same one, the same seed gives the same answer.</summary>
    internal string Fingerprint => $"fp_{Version.Module.Text[..12]}";
}

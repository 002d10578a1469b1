using System.Reflection;
using System.Runtime.Loader;

namespace TensorWasm.Engine.Compilation;

/// <summary>
/// Holds the assembly of one module. A collectible one goes, with its code, when nothing refers to an instance's context
/// any more.
/// </summary>
internal sealed class GuestLoadContext(bool isCollectible) : AssemblyLoadContext("wasm", isCollectible)
{
    private static readonly Assembly Engine = typeof(GuestLoadContext).Assembly;
    private static readonly Assembly Wasm = typeof(Wasm.WasmModule).Assembly;

    /// <summary>The engine's own assemblies, wherever they were loaded; the rest is the runtime's.</summary>
    internal static Assembly? Resolve(AssemblyName name) =>
        name.Name == Engine.GetName().Name ? Engine
        : name.Name == Wasm.GetName().Name ? Wasm
        : null;

    protected override Assembly? Load(AssemblyName assemblyName) => Resolve(assemblyName);
}

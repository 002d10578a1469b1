using System.Reflection;
using System.Runtime.Loader;

namespace TensorWasm.Engine.Compilation;

/// <summary>Holds the assembly of one module; both go when nothing refers to an instance's context any more.</summary>
internal sealed class GuestLoadContext() : AssemblyLoadContext("wasm", isCollectible: true)
{
    private static readonly Assembly Engine = typeof(GuestLoadContext).Assembly;
    private static readonly Assembly Wasm = typeof(Wasm.WasmModule).Assembly;

    protected override Assembly? Load(AssemblyName assemblyName) =>
        assemblyName.Name == Engine.GetName().Name ? Engine
        : assemblyName.Name == Wasm.GetName().Name ? Wasm
        : null;
}

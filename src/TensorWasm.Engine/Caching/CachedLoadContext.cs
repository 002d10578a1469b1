using System.Reflection;
using System.Runtime.Loader;

namespace TensorWasm.Engine.Caching;

/// <summary>
/// Loads code that was compiled ahead of time. The runtime uses such code only in contexts that do not unload.
/// </summary>
internal sealed class CachedLoadContext() : AssemblyLoadContext("wasm", isCollectible: false)
{
    protected override Assembly? Load(AssemblyName assemblyName) => Compilation.GuestLoadContext.Resolve(assemblyName);
}

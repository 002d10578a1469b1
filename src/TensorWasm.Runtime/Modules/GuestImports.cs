using TensorWasm.Engine;
using TensorWasm.Host;
using TensorWasm.Wasi;

namespace TensorWasm.Runtime;

/// <summary>What guests may import, offered once for all instances of a module.</summary>
internal static class GuestImports
{
    internal static bool UsesWasi(Module module) => module.Imports.Any(static import =>
        import.Module is "wasi_snapshot_preview1" or "wasi_unstable");

    /// <summary>A linker that offers a module what it imports, as far as it is known.</summary>
    internal static Linker CreateLinker(WasmEngine engine, Module module)
    {
        var linker = new Linker(engine);
        if (UsesWasi(module))
        {
            linker.AddWasi(static store => GuestSession.Of(store).Wasi);
            // Real programs import functions that one runtime or another has added, and do without them.
            linker.AddMissingWasi(module);
        }
        if (HostLinker.UsesHost(module)) linker.AddHost(static store => GuestSession.Of(store).Host, module);
        return linker;
    }
}

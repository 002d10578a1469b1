using TensorWasm.Engine;

namespace TensorWasm.Wasi;

/// <summary>Offers WASI to the modules that a linker links.</summary>
public static class WasiLinker
{
    /// <summary>
    /// Offers <c>wasi_snapshot_preview1</c> and the older <c>wasi_unstable</c> for any number of stores. Fill a
    /// linker so once, and give each store a context of its own.
    /// </summary>
    /// <param name="linker">The linker.</param>
    /// <param name="find">
    /// Finds a store's context, such as <c>store => (WasiContext)store.Data!</c>. It runs at every call.
    /// </param>
    public static Linker AddWasi(this Linker linker, Func<Store, WasiContext> find)
    {
        ArgumentNullException.ThrowIfNull(linker);
        ArgumentNullException.ThrowIfNull(find);
        WasiImports.AddTo(linker, find);
        return linker;
    }
}

using System.Reflection;
using System.Runtime.Loader;

namespace TensorWasm.Runtime.State;

/// <summary>
/// Loads SQLite. Microsoft.Data.Sqlite asks for SQLitePCLRaw 2.1.12 or later; package sources that lack it have 2.0.6,
/// whose functions are the same as far as Microsoft.Data.Sqlite calls them. The loader refuses an older version by
/// itself, but asks here before it fails. With a version that is new enough, nothing is ever asked.
/// </summary>
internal static class SqliteLibrary
{
    private const string Prefix = "SQLitePCLRaw.";
    private static readonly Lazy<bool> Loaded = new(Load);

    /// <summary>Makes SQLite usable; to be called before any type of Microsoft.Data.Sqlite is.</summary>
    internal static void Initialize() => _ = Loaded.Value;

    private static bool Load()
    {
        AssemblyLoadContext.Default.Resolving += static (context, name) =>
            name.Version is not null && name.Name!.StartsWith(Prefix, StringComparison.Ordinal)
                ? context.LoadFromAssemblyName(new AssemblyName(name.Name))
                : null;
        SQLitePCL.Batteries_V2.Init();
        return true;
    }
}

using TensorWasm.Engine;

namespace TensorWasm.Host;

/// <summary>Offers the interfaces of this room to the modules that a linker links.</summary>
public static class HostLinker
{
    /// <summary>
    /// Offers <c>wasi:cuda</c>, <c>tensorwasm:gpu</c>, <c>wasi:tensor</c>, <c>wasi:scheduler</c>,
    /// <c>tensorwasm:telemetry</c> and <c>wasi:logging</c> for any number of stores. Fill a linker so once, and give each store a context of its own. What a guest may not use links, too, and
    /// answers so.
    /// </summary>
    /// <param name="linker">The linker.</param>
    /// <param name="find">Finds a store's context, such as <c>store => (HostContext)store.Data!</c>. It runs at every
    /// call.</param>
    /// <param name="module">The only module that the linker is for, so that only what it imports is made; null for any
    /// module.</param>
    /// <returns>The linker.</returns>
    public static Linker AddHost(this Linker linker, Func<Store, HostContext> find, Module? module = null)
    {
        ArgumentNullException.ThrowIfNull(linker);
        ArgumentNullException.ThrowIfNull(find);
        var imports = module?.Imports.Select(static import => (import.Module, import.Name)).ToHashSet();
        Func<string, string, bool> isWanted =
            imports is null ? static (_, _) => true : (from, name) => imports.Contains((from, name));
        foreach (var version in CudaImports.Versions)
        {
            new CudaImports(version, linker, find, isWanted).Define();
        }
        new GpuImports(linker, find, isWanted).Define();
        foreach (var name in TensorImports.ModuleNames)
        {
            new TensorImports(name, linker, find, isWanted).Define();
        }
        new SchedulerImports(linker, find, isWanted).Define();
        new TelemetryImports(TelemetryImports.ModuleName, linker, find, isWanted).Define();
        foreach (var name in TelemetryImports.LoggingNames)
        {
            new TelemetryImports(name, linker, find, isWanted).Define();
        }
        return linker;
    }

    /// <summary>What the functions of an interface let a guest reach.</summary>
    /// <param name="name">The module name that a guest imports from.</param>
    /// <returns><c>kernels</c>, <c>streaming</c>, <c>deadlines</c>, <c>telemetry</c>, or null for an interface of others.</returns>
    public static string? CapabilityOf(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        return IsDevice(name) ? "kernels"
            : TensorImports.ModuleNames.Contains(name) ? "streaming"
            : name == SchedulerImports.ModuleName ? "deadlines"
            : name == TelemetryImports.ModuleName || TelemetryImports.LoggingNames.Contains(name) ? "telemetry"
            : null;
    }

    /// <summary>Whether a module imports anything of this room.</summary>
    /// <param name="module">The module.</param>
    public static bool UsesHost(Module module)
    {
        ArgumentNullException.ThrowIfNull(module);
        return module.Imports.Any(static import => CapabilityOf(import.Module) is not null);
    }

    /// <summary>Whether a module imports what needs a device, so that its memory must lie in
    /// <see cref="HostContext.Placement"/>.</summary>
    /// <param name="module">The module.</param>
    public static bool UsesDevice(Module module)
    {
        ArgumentNullException.ThrowIfNull(module);
        return module.Imports.Any(static import => IsDevice(import.Module));
    }

    private static bool IsDevice(string module) =>
        module == GpuImports.ModuleName
        || (module.StartsWith(CudaImports.ModulePrefix, StringComparison.Ordinal)
            && CudaImports.Versions.Contains(module[CudaImports.ModulePrefix.Length..]));
}

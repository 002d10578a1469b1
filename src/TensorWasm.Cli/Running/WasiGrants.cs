using TensorWasm.Engine;
using TensorWasm.Wasi;

namespace TensorWasm.Cli;

/// <summary>Gives a guest what the command line grants: streams, arguments, clocks, random numbers; and as told, more.</summary>
internal static class WasiGrants
{
    private static readonly string[] Modules = ["wasi_snapshot_preview1", "wasi_unstable"];

    /// <summary>Offers WASI to a module that imports it.</summary>
    /// <returns>The guest's descriptors, to be closed after it; null if the module imports nothing of it.</returns>
    /// <exception cref="CliException">A folder can't be granted.</exception>
    internal static WasiContext? AddTo(Linker linker, Module module, RunSettings settings, CliContext context)
    {
        if (!module.Imports.Any(import => Modules.Contains(import.Module))) return null;
        try
        {
            var wasi = new WasiContext(Configure(settings, context));
            wasi.AddTo(linker);
            // Real programs import functions that one runtime or another has added, and do without them.
            linker.AddMissingWasi(module);
            return wasi;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException or PlatformNotSupportedException)
        {
            throw new CliException(e.Message);
        }
    }

    private static WasiConfiguration Configure(RunSettings settings, CliContext context)
    {
        var name = settings.ProgramName ?? Path.GetFileName(settings.Module);
        var configuration = WasiConfiguration.Empty
            .WithArguments([name, .. settings.Invoke is null ? settings.Arguments : []])
            .WithClocks()
            .WithRandom();
        foreach (var variable in settings.Variables)
        {
            if (variable.Value is { } value) configuration = configuration.WithEnvironment(variable.Name, value);
        }
        foreach (var folder in settings.Folders)
        {
            configuration = configuration.WithFolder(
                folder.HostPath, folder.GuestPath, folder.IsReadOnly ? FolderAccess.ReadOnly : FolderAccess.ReadWrite);
        }
        return context.IsProcess && OperatingSystem.IsLinux()
            ? configuration.WithInheritedStandardStreams()
            : configuration
                .WithStandardInput(context.Input)
                .WithStandardOutput(context.OutputStream)
                .WithStandardError(context.ErrorStream);
    }
}

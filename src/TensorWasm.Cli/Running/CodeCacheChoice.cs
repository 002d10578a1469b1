namespace TensorWasm.Cli;

/// <summary>The folder of the code cache.</summary>
/// <param name="Folder">The folder; null for no cache.</param>
/// <param name="IsRequired">Whether the user named it, so that it must be usable.</param>
internal readonly record struct CodeCacheChoice(string? Folder, bool IsRequired)
{
    private const string Variable = "TENSORWASM_CODE_CACHE";

    internal static CodeCacheChoice None => default;

    /// <summary>The folder that was named, or the default one.</summary>
    internal static CodeCacheChoice Of(string? named) => new(named ?? DefaultFolder, true);

    /// <summary>The same, but the default one only if a compilation has made it.</summary>
    internal static CodeCacheChoice Existing(string? named) =>
        named is not null ? new CodeCacheChoice(named, true)
        : Directory.Exists(DefaultFolder) ? new CodeCacheChoice(DefaultFolder, false)
        : None;

    // As the XDG base directory specification says; on other systems, the local application data.
    private static string DefaultFolder
    {
        get
        {
            if (Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } folder) return folder;
            if (Environment.GetEnvironmentVariable("XDG_CACHE_HOME") is { Length: > 0 } cache) return Path.Combine(cache, "tensorwasm");
            return OperatingSystem.IsLinux()
                ? Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".cache", "tensorwasm")
                : Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData), "tensorwasm", "cache");
        }
    }
}

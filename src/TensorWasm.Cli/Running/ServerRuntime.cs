using System.Runtime.InteropServices;

namespace TensorWasm.Cli.Running;

/// <summary>
/// The runtime's settings for a server. The program as it ships compiles without profiles, since commands that run for
/// moments start faster so; a server that runs for long answers a sixth more requests with them. A process can't change
/// that of itself, so it replaces itself by the same program, with the setting in its environment: same process, same
/// descriptors, some 60 ms later.
/// </summary>
internal static class ServerRuntime
{
    private const string Profiles = "DOTNET_TieredPGO";

    /// <summary>Does not return where the settings have to be changed and can be; on Linux only.</summary>
    internal static void Adopt()
    {
        if (!OperatingSystem.IsLinux() || Environment.GetEnvironmentVariable(Profiles) is not null) return;
        if (Environment.ProcessPath is not { } program) return;
        var arguments = File.ReadAllText("/proc/self/cmdline").TrimEnd('\0').Split('\0');
        _ = Native.setenv(Profiles, "1", 1);
        // Where it returns it has failed, and the server runs with the settings that it has.
        _ = Native.execv(program, [.. arguments, null]);
    }

    /// <summary>POSIX, System Interfaces. The environment that libc holds is the one that the process was given.</summary>
    private static class Native
    {
#pragma warning disable SYSLIB1054 // Generated imports would need unsafe code, which this room does without.
        [DllImport("libc"), DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
        internal static extern int setenv(
            [MarshalAs(UnmanagedType.LPUTF8Str)] string name, [MarshalAs(UnmanagedType.LPUTF8Str)] string value, int overwrite);

        [DllImport("libc"), DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
        internal static extern int execv(
            [MarshalAs(UnmanagedType.LPUTF8Str)] string path,
            [In, MarshalAs(UnmanagedType.LPArray, ArraySubType = UnmanagedType.LPStr)] string?[] arguments);
#pragma warning restore SYSLIB1054
    }
}

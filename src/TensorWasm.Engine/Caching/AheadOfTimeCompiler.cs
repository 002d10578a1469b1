using System.Diagnostics;
using System.Runtime.InteropServices;

namespace TensorWasm.Engine.Caching;

/// <summary>
/// Runs crossgen2, which makes native code of an assembly beforehand, and without RyuJIT's limits on the size of methods.
/// It comes as a package of the SDK's feed; where it is missing, nothing is compiled ahead of time.
/// </summary>
internal static class AheadOfTimeCompiler
{
    /// <summary>Names a folder that holds crossgen2, ahead of the places where it is looked for.</summary>
    internal const string PathVariable = "TENSORWASM_CROSSGEN2";

    private const string Package = "microsoft.netcore.app.crossgen2.";

    /// <summary>The tool, or null where there is none.</summary>
    internal static string? Tool { get; } = Find();

    /// <summary>Compiles an assembly.</summary>
    /// <exception cref="InvalidOperationException">The tool is missing or failed; the message has its output.</exception>
    internal static void Compile(string input, string output, CancellationToken cancellation = default)
    {
        var tool = Tool ?? throw new InvalidOperationException(
            $"crossgen2 was not found beside the program or among the NuGet packages; set {PathVariable} to its folder");
        var engine = Path.GetDirectoryName(typeof(AheadOfTimeCompiler).Assembly.Location)!;
        var start = new ProcessStartInfo(tool)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            ArgumentList =
            {
                input, "-o", output, "-O",
                "--targetos", "linux", "--targetarch", RuntimeInformation.ProcessArchitecture == Architecture.Arm64 ? "arm64" : "x64",
                "--instruction-set", "native",
                "-r", RuntimeEnvironment.GetRuntimeDirectory(),
                "-r", Path.Combine(engine, "TensorWasm.Engine.dll"),
                "-r", Path.Combine(engine, "TensorWasm.Wasm.dll"),

                // Field offsets of the engine's classes as constants: the cache's key has the engine's identity.
                "--inputbubble", "--inputbubbleref", Path.Combine(engine, "TensorWasm.Engine.dll"),
                "--inputbubbleref", Path.Combine(engine, "TensorWasm.Wasm.dll"),
            },
        };
        using var process = Process.Start(start)!;
        using var kill = cancellation.Register(process.Kill);
        var errors = process.StandardError.ReadToEndAsync(CancellationToken.None);
        var text = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        cancellation.ThrowIfCancellationRequested();
        if (process.ExitCode != 0)
        {
            throw new InvalidOperationException($"crossgen2 failed with exit status {process.ExitCode}: {text}{errors.Result}");
        }
    }

    private static string? Find()
    {
        if (!OperatingSystem.IsLinux()) return null;
        foreach (var folder in Candidates())
        {
            var file = Path.Combine(folder, "crossgen2");
            if (File.Exists(file)) return file;
        }
        return null;
    }

    private static IEnumerable<string> Candidates()
    {
        if (Environment.GetEnvironmentVariable(PathVariable) is { Length: > 0 } configured) yield return configured;
        yield return Path.Combine(AppContext.BaseDirectory, "crossgen2");

        // As restored: only the version of the runtime in use understands its own formats for certain.
        var packages = Environment.GetEnvironmentVariable("NUGET_PACKAGES")
            ?? Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".nuget", "packages");
        var architecture = RuntimeInformation.ProcessArchitecture == Architecture.Arm64 ? "linux-arm64" : "linux-x64";
        yield return Path.Combine(packages, Package + architecture, Environment.Version.ToString(3), "tools");
    }
}

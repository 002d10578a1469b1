using System.Collections.Concurrent;
using System.Text;
using TensorWasm.Engine;
using TensorWasm.Host;
using TensorWasm.Wasi;

namespace TensorWasm.Samples.Tests;

/// <summary>How a sample's guest ended, and what it printed.</summary>
internal sealed record SampleRun(int ExitCode, string Output, string Errors)
{
    private static readonly WasmEngine Engine = new(new EngineOptions { UnloadsCode = false });
    private static readonly ConcurrentDictionary<string, Lazy<Module>> Modules = new();

    /// <summary>Runs a guest as the command line would.</summary>
    /// <param name="name">The sample's name.</param>
    /// <param name="host">What the guest gets.</param>
    /// <param name="folder">The folder that it may write to; null for none.</param>
    /// <param name="arguments">Its arguments.</param>
    public static SampleRun Of(string name, HostConfiguration host, string? folder, params string[] arguments)
    {
        Module module = Modules.GetOrAdd(
            Samples.Guest(name), path => new Lazy<Module>(() => Engine.CompileFile(path))).Value;
        using MemoryStream output = new(), errors = new();
        WasiConfiguration configuration = WasiConfiguration.Empty
            .WithArguments(["guest.wasm", .. arguments])
            .WithClocks()
            .WithRandom()
            .WithStandardOutput(output)
            .WithStandardError(errors);
        if (folder is not null)
        {
            configuration = configuration.WithFolder(folder, ".", FolderAccess.ReadWrite);
        }

        int exitCode = 0;
        using (var context = new HostContext(host))
        using (var wasi = new WasiContext(configuration))
        using (var store = new Store(Engine, null, context.Placement))
        {
            Linker linker = new Linker(Engine).AddWasi(_ => wasi).AddHost(_ => context, module);
            context.BeginInvocation();
            using IDisposable deadline = store.InterruptAfter(TimeSpan.FromMinutes(2));
            try
            {
                linker.Instantiate(store, module).GetFunction("_start")!.Invoke();
            }
            catch (WasiExitException exit)
            {
                exitCode = exit.ExitCode;
            }
        }

        return new SampleRun(exitCode, Encoding.UTF8.GetString(output.ToArray()), Encoding.UTF8.GetString(errors.ToArray()));
    }

    public void AssertRight()
    {
        Assert.True(ExitCode == 0, $"exit {ExitCode}\n{Output}\n{Errors}");
        Assert.Contains(": right\n", Output, StringComparison.Ordinal);
        Assert.DoesNotContain("WRONG", Output, StringComparison.Ordinal);
    }
}

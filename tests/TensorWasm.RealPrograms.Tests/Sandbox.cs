using System.Collections.Concurrent;
using System.Text;
using TensorWasm.Engine;
using TensorWasm.Wasi;

namespace TensorWasm.RealPrograms.Tests;

/// <summary>Runs a WASI program in this process; modules are compiled once for all tests.</summary>
internal static class Sandbox
{
    // The programs here stay until the process ends, so that their code may start in the runtime's quick tier.
    private static readonly WasmEngine Engine = new(new EngineOptions { UnloadsCode = false });
    private static readonly ConcurrentDictionary<string, Lazy<Module>> Modules = new();

    public static Outcome Run(string path, string[] arguments, SandboxSettings? settings = null)
    {
        settings ??= new SandboxSettings();
        var module = Modules.GetOrAdd(path, file => new Lazy<Module>(() => Engine.CompileFile(file))).Value;
        using MemoryStream output = new(), errors = new();
        using MemoryStream input = new(Encoding.UTF8.GetBytes(settings.Input));
        var configuration = WasiConfiguration.Empty
            .WithArguments([Path.GetFileName(path), .. arguments])
            .WithEnvironment(settings.Variables)
            .WithClocks()
            .WithRandom()
            .WithStandardInput(input)
            .WithStandardOutput(output)
            .WithStandardError(errors);
        foreach (var (host, guest) in settings.Folders)
            configuration = configuration.WithFolder(host, guest, FolderAccess.ReadWrite);
        foreach (var (host, guest) in settings.ReadOnlyFolders)
            configuration = configuration.WithFolder(host, guest);

        // As much stack as the build of CPython counts on for its recursion limit.
        using var store = new Store(Engine, new StoreLimits { MaxStackBytes = 64 << 20 });
        using var context = new WasiContext(configuration);
        store.Data = context;
        var linker = new Linker(Engine).AddWasi(static store => (WasiContext)store.Data!);
        linker.AddMissingWasi(module);
        var exitCode = 0;
        using (store.InterruptAfter(settings.Deadline))
        {
            try
            {
                linker.Instantiate(store, module).GetFunction("_start")!.CreateDelegate<Action>()();
            }
            catch (WasiExitException e)
            {
                exitCode = e.ExitCode;
            }
            catch (TrapException e)
            {
                exitCode = 134;
                errors.Write(Encoding.UTF8.GetBytes(e.ToString()));
            }
        }
        return new Outcome(exitCode, Encoding.UTF8.GetString(output.ToArray()), Encoding.UTF8.GetString(errors.ToArray()));
    }
}

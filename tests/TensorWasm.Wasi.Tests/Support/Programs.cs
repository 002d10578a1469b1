using System.Text;
using TensorWasm.Engine;

namespace TensorWasm.Wasi.Tests.Support;

/// <summary>Finds and runs whole guest programs.</summary>
internal static class Programs
{
    private static readonly WasmEngine SharedEngine = new();

    /// <summary>The repository's folder of guests.</summary>
    public static string GuestFolder { get; } = Path.Combine(Repository.Root, "tests", "guests");

    /// <summary>A program of the npm package, or a skip, which CI does not allow.</summary>
    public static string FromPackage(string name)
    {
        string folder = Environment.GetEnvironmentVariable("GUEST_PROGRAMS")
            ?? Path.Combine(GuestFolder, "npm", "node_modules", "@runno", "sandbox", "dist", "langs");
        string path = Path.Combine(folder, name);
        if (!File.Exists(path))
        {
            const string Reason = "The guest programs are not installed: run eng/guest-toolchain.sh.";
            Assert.SkipUnless(Environment.GetEnvironmentVariable("CI") == "true", Reason);
            Assert.Fail(Reason);
        }

        return path;
    }

    public static ProgramOutcome Run(
        string path, WasiConfiguration configuration, string input = "", TimeSpan? deadline = null)
    {
        using MemoryStream output = new();
        using MemoryStream error = new();
        using WasiContext context = new(configuration
            .WithStandardInput(new MemoryStream(Encoding.UTF8.GetBytes(input)))
            .WithStandardOutput(output)
            .WithStandardError(error)
            .WithClocks()
            .WithRandom());
        Module module = SharedEngine.CompileFile(path);
        Linker linker = new(SharedEngine);
        context.AddTo(linker);
        linker.AddMissingWasi(module);
        using Store store = new(SharedEngine, StoreLimits.Default with { MaxStackBytes = 8 << 20 });
        using IDisposable timer = store.InterruptAfter(deadline ?? TimeSpan.FromMinutes(3));
        int code = 0;
        try
        {
            linker.Instantiate(store, module).GetFunction("_start")!.Invoke();
        }
        catch (WasiExitException exit)
        {
            code = exit.ExitCode;
        }

        return new ProgramOutcome(
            code, Encoding.UTF8.GetString(output.ToArray()), Encoding.UTF8.GetString(error.ToArray()));
    }
}

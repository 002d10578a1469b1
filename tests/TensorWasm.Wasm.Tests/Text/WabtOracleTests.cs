using System.ComponentModel;
using System.Diagnostics;
using System.Text;
using System.Text.Json;

namespace TensorWasm.Wasm.Tests.Text;

/// <summary>Compares parsed modules with what the WebAssembly Binary Toolkit makes of the same text.</summary>
public sealed class WabtOracleTests
{
    // The toolkit writes (block (type $empty)) as a block without type, and drops an else without instructions; the
    // specification keeps both. These scripts test just that.
    private static readonly string[] Abbreviated = ["core/block.wast", "core/if.wast", "core/loop.wast"];

    [Fact]
    public void The_toolkit_reads_the_same_modules() => CompareAll(script => script);

    /// <summary>The same with every module printed: so the printer's text is what others take it for, too.</summary>
    [Fact]
    public void The_toolkit_understands_what_we_print() => CompareAll(script =>
        Encoding.UTF8.GetBytes(string.Concat(TextModules(script).Select(module => WatPrinter.Print(module.Load())))));

    private static void CompareAll(Func<byte[], byte[]> prepare)
    {
        Assert.SkipUnless(IsInstalled(), "wast2json (wabt) is not installed");
        var folder = Directory.CreateTempSubdirectory();
        try
        {
            var failures = new List<string>();
            var compared = 0;
            foreach (var file in SpecCorpus.Files("core").Except(Abbreviated))
            {
                compared += Compare(file, prepare(SpecCorpus.Read(file)), folder.FullName, failures);
            }
            Assert.True(failures.Count == 0, $"{failures.Count} of {compared}\n{string.Join('\n', failures.Take(20))}");
            Assert.True(compared > 1500, $"only {compared} modules");
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static IEnumerable<ScriptModule> TextModules(byte[] script) => WastScript.Parse(script).Commands
        .OfType<ModuleCommand>()
        .Select(command => command.Module)
        .Where(module => module.Kind == ScriptModuleKind.Text);

    /// <summary>
    /// Compares a script's modules; the toolkit knows no garbage collection, so some scripts it cannot read.
    /// </summary>
    private static int Compare(string file, byte[] script, string folder, List<string> failures)
    {
        var input = Path.Combine(folder, "script.wast");
        File.WriteAllBytes(input, script);
        var output = Path.Combine(folder, "script.json");
        if (Run("wast2json", "--enable-all", input, "-o", output) != 0) return 0;
        var modules = new Dictionary<int, ScriptModule>();
        foreach (var command in WastScript.Parse(script).Commands)
        {
            if (command is ModuleCommand { Module: { Kind: ScriptModuleKind.Text } module })
            {
                modules.TryAdd(command.Line, module);
            }
        }
        using var json = JsonDocument.Parse(File.ReadAllBytes(output));
        var compared = 0;
        foreach (var command in json.RootElement.GetProperty("commands").EnumerateArray())
        {
            if (command.GetProperty("type").GetString() != "module") continue;
            var line = command.GetProperty("line").GetInt32();
            if (!modules.Remove(line, out var module)) continue;
            var binary = File.ReadAllBytes(Path.Combine(folder, command.GetProperty("filename").GetString()!));
            var expected = ModuleDump.Of(WasmDecoder.Decode(binary), strict: false);
            var actual = ModuleDump.Of(module.Load(), strict: false);
            compared++;
            if (expected != actual) failures.Add($"{file}:{line}\n{Difference(expected, actual)}");
        }
        return compared;
    }

    private static string Difference(string expected, string actual)
    {
        var left = expected.Split('\n');
        var right = actual.Split('\n');
        var (missing, extra) = (left.Except(right).Take(4), right.Except(left).Take(4));
        return $"- {string.Join("\n- ", missing)}\n+ {string.Join("\n+ ", extra)}";
    }

    private static bool IsInstalled()
    {
        try
        {
            return Run("wast2json", "--version") == 0;
        }
        catch (Win32Exception)
        {
            return false;
        }
    }

    private static int Run(string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments)
        {
            RedirectStandardError = true,
            RedirectStandardOutput = true,
        })!;
        process.ErrorDataReceived += (_, _) => { };
        process.BeginErrorReadLine();
        process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode;
    }
}

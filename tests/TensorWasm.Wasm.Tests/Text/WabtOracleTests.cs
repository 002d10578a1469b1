using System.ComponentModel;
using System.Diagnostics;
using System.Text.Json;

namespace TensorWasm.Wasm.Tests.Text;

/// <summary>Compares parsed modules with what the WebAssembly Binary Toolkit makes of the same text.</summary>
public sealed class WabtOracleTests
{
    // The toolkit writes (block (type $empty)) as a block without type; the specification keeps the type's index.
    private static readonly string[] TypeIndexDropped = ["core/block.wast", "core/loop.wast"];

    [Fact]
    public void The_toolkit_reads_the_same_modules()
    {
        Assert.SkipUnless(IsInstalled(), "wast2json (wabt) is not installed");
        var folder = Directory.CreateTempSubdirectory();
        try
        {
            var failures = new List<string>();
            var compared = 0;
            foreach (var file in SpecCorpus.Files("core").Except(TypeIndexDropped)) compared += Compare(file, folder.FullName, failures);
            Assert.True(failures.Count == 0, $"{failures.Count} of {compared}\n" + string.Join('\n', failures.Take(20)));
            Assert.True(compared > 1000, $"only {compared} modules");
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    /// <summary>Compares a script's modules; the toolkit knows no garbage collection, so some scripts it cannot read.</summary>
    private static int Compare(string file, string folder, List<string> failures)
    {
        var script = SpecCorpus.Read(file);
        var input = Path.Combine(folder, "script.wast");
        File.WriteAllBytes(input, script);
        var output = Path.Combine(folder, "script.json");
        if (Run("wast2json", "--enable-all", input, "-o", output) != 0) return 0;
        var modules = new Dictionary<int, ScriptModule>();
        foreach (var command in WastScript.Parse(script).Commands)
        {
            if (command is ModuleCommand { Module: { Kind: ScriptModuleKind.Text } module }) modules.TryAdd(command.Line, module);
        }
        using var json = JsonDocument.Parse(File.ReadAllBytes(output));
        var compared = 0;
        foreach (var command in json.RootElement.GetProperty("commands").EnumerateArray())
        {
            if (command.GetProperty("type").GetString() != "module") continue;
            if (!modules.Remove(command.GetProperty("line").GetInt32(), out var module)) continue;
            var binary = File.ReadAllBytes(Path.Combine(folder, command.GetProperty("filename").GetString()!));
            var expected = ModuleDump.Of(WasmDecoder.Decode(binary), strict: false);
            var actual = ModuleDump.Of(module.Load(), strict: false);
            compared++;
            if (expected != actual) failures.Add($"{file}:{command.GetProperty("line").GetInt32()}\n{Difference(expected, actual)}");
        }
        return compared;
    }

    private static string Difference(string expected, string actual)
    {
        var left = expected.Split('\n');
        var right = actual.Split('\n');
        return $"- {string.Join("\n- ", left.Except(right).Take(4))}\n+ {string.Join("\n+ ", right.Except(left).Take(4))}";
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

using System.CommandLine;
using TensorWasm.Engine;
using TensorWasm.Engine.Scripts;
using TensorWasm.Wasm;
using TensorWasm.Wasm.Text;

namespace TensorWasm.Cli.Commands;

/// <summary><c>wast</c>: runs scripts of the specification's test suite.</summary>
internal static class WastCommand
{
    internal static Command Create(CliContext context)
    {
        var files = new Argument<string[]>("file")
        {
            Description = "Scripts, .wast; - reads one from standard input.",
            Arity = ArgumentArity.OneOrMore,
        };
        var boundsChecks = CommonOptions.BoundsChecks();
        var verbose = new Option<bool>("--verbose", "-v") { Description = "Lists what was skipped, and why." };
        var command = new Verb("wast", "Runs specification scripts, and counts what passed, failed and was skipped.")
        {
            Examples =
            [
                ("tensorwasm wast i32.wast", "runs one script"),
                ("tensorwasm wast --verbose core/*.wast", "runs many, and lists what was skipped"),
                ("tensorwasm wast --bounds-checks explicit memory*.wast", "with explicit checks of memory accesses"),
            ],
            Notes = "Exit status: 0 if nothing failed, 1 if something did.",
        };
        command.AddParts(boundsChecks, verbose, files);
        command.SetAction(parsed => Execute(
            parsed.GetRequiredValue(files), boundsChecks.Read(parsed) ?? default, parsed.GetValue(verbose), context));
        return command;
    }

    private static int Execute(string[] paths, BoundsChecks boundsChecks, bool isVerbose, CliContext context)
    {
        var engine = EngineFactory.Create(new EngineOptions { BoundsChecks = boundsChecks }, CodeCacheChoice.None);
        int passed = 0, failed = 0, skipped = 0;
        foreach (var path in paths)
        {
            var report = RunFile(engine, path, context);
            passed += report.Passed;
            failed += report.Failures.Count;
            skipped += report.Skips.Count;
            Write($"{ModuleFile.NameOf(path)}", report.Passed, report.Failures.Count, report.Skips.Count, context);
            foreach (var (line, message) in report.Failures) WriteLine("failed", path, line, message, context);
            if (!isVerbose) continue;
            foreach (var (line, message) in report.Skips) WriteLine("skipped", path, line, message, context);
        }
        if (paths.Length > 1) Write($"{paths.Length} scripts", passed, failed, skipped, context);
        return failed == 0 ? ExitCodes.Success : ExitCodes.Failure;
    }

    private static ScriptReport RunFile(WasmEngine engine, string path, CliContext context)
    {
        try
        {
            var file = ModuleFile.Read(path, context);
            return ScriptRunner.Run(engine, WastScript.Parse(file.Bytes.Span), context.Token);
        }
        catch (WasmFormatException e)
        {
            // The others of many scripts still count.
            return new ScriptReport(0, [(e.Line, $"column {e.Column}: {e.Reason}")], []);
        }
        catch (CliException e)
        {
            return new ScriptReport(0, [(0, e.Message)], []);
        }
    }

    private static void Write(string name, int passed, int failed, int skipped, CliContext context) =>
        context.Output.WriteLine($"{name}: {passed} passed, {failed} failed, {skipped} skipped");

    private static void WriteLine(string outcome, string path, int line, string message, CliContext context)
    {
        var place = line > 0 ? $"{ModuleFile.NameOf(path)}:{line}" : ModuleFile.NameOf(path);
        context.Output.WriteLine($"  {place}: {outcome}: {Printable.Escape(message)}");
    }
}

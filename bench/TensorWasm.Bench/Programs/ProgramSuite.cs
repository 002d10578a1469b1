using System.Text.Json.Nodes;
using TensorWasm.Bench.Reporting;

namespace TensorWasm.Bench.Programs;

/// <summary>CPython in our command-line tool against CPython in Node's WASI: whole processes, from start to exit.</summary>
internal static class ProgramSuite
{
    private static readonly string[] Scripts = ["nbody", "queens", "records", "logs"];

    public static Report Run(Settings settings)
    {
        var report = new Report("CPython 3.11 against Node's WASI");
        var cli = Environment.GetEnvironmentVariable("TENSORWASM")
            ?? Path.Combine(settings.Root, "src", "TensorWasm.Cli", "bin", "Release", "net10.0", "tensorwasm");
        var python = Path.Combine(Settings.Programs, "python-3.11.3.wasm");
        var folder = Path.Combine(settings.Root, "bench", "programs", "python");
        var cache = Directory.CreateTempSubdirectory("tensorwasm-bench-");
        try
        {
            if (settings.Wants("start"))
                MeasureStart(settings, report, cli, python, cache);
            MeasureScripts(settings, report, cli, python, folder, cache);
        }
        finally
        {
            cache.Delete(recursive: true);
        }

        return report;
    }

    private static void MeasureStart(Settings settings, Report report, string cli, string python, DirectoryInfo cache)
    {
        List<double> node = [], first = [], cached = [];
        for (var i = 0; i < settings.Repetitions; i++)
        {
            string[] arguments = ["-c", "print(1)"];
            node.Add(Checked(RunNode(settings, null, python, "", arguments), "1\n"));
            // A folder of its own: the code cache is empty.
            var folder = cache.CreateSubdirectory("empty").FullName;
            first.Add(Checked(RunOurs(cli, python, null, folder, arguments), "1\n"));
            if (i == 0)
                Compile(report, cli, python, cache.FullName);
            cached.Add(Checked(RunOurs(cli, python, null, cache.FullName, arguments), "1\n"));
        }

        var peer = Statistics.Median(node);
        report.Line();
        report.Header("python -c 'print(1)', whole process", "ms", "ratio to Node", "bar");
        report.Row("Node's WASI", Report.Number(peer), "1", "-");
        report.Row("ours, first", Report.Number(Statistics.Median(first)), Report.Number(Statistics.Median(first) / peer), "2.0");
        report.Row(
            "ours, from the code cache", Report.Number(Statistics.Median(cached)), Report.Number(Statistics.Median(cached) / peer), "1.0");
        report.Data["start"] = new JsonObject
        {
            ["node"] = Report.Raw(node),
            ["first"] = Report.Raw(first),
            ["cached"] = Report.Raw(cached),
        };

        double Checked(ProgramRun run, string expected)
        {
            if (run.Output != expected || run.ExitCode != 0)
                report.Problem($"start: exit {run.ExitCode}, '{run.Output}', {run.Errors}");
            return run.Milliseconds;
        }
    }

    private static void MeasureScripts(
        Settings settings, Report report, string cli, string python, string folder, DirectoryInfo cache)
    {
        Compile(report, cli, python, cache.FullName);
        var empty = cache.CreateSubdirectory("empty").FullName;
        report.Line();
        report.Header("script", "Node", "Node --no-liftoff", "ours", "ours, from the code cache",
            "ratio to the faster", "ratio from the code cache", "bar");
        foreach (var script in Scripts.Where(settings.Wants))
        {
            var grant = folder + "::/scripts";
            string[] arguments = [$"/scripts/{script}.py"];
            List<double> tiered = [], optimised = [], ours = [], cached = [];
            HashSet<string> outputs = [];
            for (var i = 0; i < Math.Max(3, settings.Repetitions / 2); i++)
            {
                tiered.Add(Take(RunNode(settings, null, python, grant, arguments)));
                optimised.Add(Take(RunNode(settings, "--no-liftoff", python, grant, arguments)));
                ours.Add(Take(RunOurs(cli, python, grant, empty, arguments)));
                cached.Add(Take(RunOurs(cli, python, grant, cache.FullName, arguments)));
            }

            if (outputs.Count != 1)
                report.Problem($"{script}: outputs differ: {string.Join(" / ", outputs)}");
            var peer = Math.Min(Statistics.Median(tiered), Statistics.Median(optimised));
            report.Row(
                script, Report.Number(Statistics.Median(tiered)), Report.Number(Statistics.Median(optimised)),
                Report.Number(Statistics.Median(ours)), Report.Number(Statistics.Median(cached)),
                Report.Number(Statistics.Median(ours) / peer), Report.Number(Statistics.Median(cached) / peer), "1.3");
            report.Data[script] = new JsonObject
            {
                ["node"] = Report.Raw(tiered),
                ["nodeNoLiftoff"] = Report.Raw(optimised),
                ["ours"] = Report.Raw(ours),
                ["cached"] = Report.Raw(cached),
            };

            double Take(ProgramRun run)
            {
                outputs.Add(run.ExitCode == 0 ? run.Output : $"exit {run.ExitCode}: {run.Errors}");
                return run.Milliseconds;
            }
        }
    }

    /// <summary>Fills the code cache, once: seconds for a module of some megabytes.</summary>
    private static void Compile(Report report, string cli, string module, string cache)
    {
        if (report.Data.ContainsKey("compileMilliseconds"))
            return;
        var run = ProgramRun.Start(cli, ["compile", module], ("TENSORWASM_CODE_CACHE", cache));
        if (run.ExitCode != 0)
            report.Problem($"compile: exit {run.ExitCode}, {run.Errors}");
        report.Data["compileMilliseconds"] = run.Milliseconds;
        report.Line($"Compiled to the code cache in {Report.Number(run.Milliseconds)} ms.");
    }

    private static ProgramRun RunNode(Settings settings, string? flag, string module, string grant, string[] arguments) =>
        ProgramRun.Start(
            Settings.Node,
            [.. flag is null ? (string[])[] : [flag], Path.Combine(settings.V8Folder, "wasi.mjs"), module, grant, .. arguments],
            ("NODE_NO_WARNINGS", "1"));

    private static ProgramRun RunOurs(string cli, string module, string? grant, string cache, string[] arguments) =>
        ProgramRun.Start(
            cli,
            ["run", "--env", "PYTHONHASHSEED=0", .. grant is null ? (string[])[] : ["--dir", grant], module, .. arguments],
            ("TENSORWASM_CODE_CACHE", cache));
}

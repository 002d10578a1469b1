using System.Diagnostics;
using TensorWasm.Bench.Reporting;
using TensorWasm.Engine;

namespace TensorWasm.Bench.Boundary;

/// <summary>How late a guest that never ends is stopped: from its deadline to the host's catch.</summary>
internal static class Deadlines
{
    private const int Rounds = 200;

    public static void Measure(Report report, WasmEngine engine)
    {
        var linker = new Linker(engine).DefineFunction("host", "nothing", () => { });
        var module = engine.Compile(Guests.Binary(Guests.Endless));
        report.Line();
        report.Header("stopped at its deadline", "ms late, median", "p99", "max", "bar");
        foreach (var name in (string[])["loop", "recursion", "host calls"])
        {
            var late = Late(report, engine, linker, module, name);
            report.Row(
                name, Report.Number(Statistics.Median(late)), Report.Number(Statistics.Percentile(late, 0.99)),
                Report.Number(late.Max()), "10");
            report.Data["deadline: " + name] = Report.Raw(late);
        }
    }

    private static List<double> Late(Report report, WasmEngine engine, Linker linker, Module module, string name)
    {
        var random = new Random(1);
        var late = new List<double>();
        for (var i = 0; i < Rounds; i++)
        {
            using var store = new Store(engine);
            var call = linker.Instantiate(store, module).GetFunction(name)!.CreateDelegate<Action>();
            var allowed = TimeSpan.FromMilliseconds(5 + random.NextDouble() * 20);
            var start = Stopwatch.GetTimestamp();
            using var deadline = store.InterruptAfter(allowed);
            try
            {
                call();
                report.Problem($"{name} ended by itself");
            }
            catch (TrapException e)
            {
                late.Add((Stopwatch.GetElapsedTime(start) - allowed).TotalMilliseconds);
                if (e.Code != TrapCode.Interrupted)
                    report.Problem($"{name} ended with {e.Code}");
            }
        }

        return late;
    }
}

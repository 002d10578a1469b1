using System.Diagnostics;
using TensorWasm.Bench.Reporting;
using TensorWasm.Engine;

namespace TensorWasm.Bench.Boundary;

/// <summary>Microseconds from the call of a guest that traps to the host's catch.</summary>
internal static class TrapCosts
{
    private const string Text = """
        (module
          (memory 1)
          (func (export "out of bounds") (drop (i32.load (i32.const 0x7fff0000))))
          (func (export "unreachable") unreachable)
          (func (export "divide by zero") (drop (i32.div_u (i32.const 1) (i32.const 0))))
          (func $deeper (export "endless recursion") (call $deeper) (drop (i32.load (i32.const 0)))))
        """;

    public static void Measure(Report report, WasmEngine engine)
    {
        using var store = new Store(engine);
        var instance = new Linker(engine).Instantiate(store, engine.Compile(Guests.Binary(Text)));
        report.Line();
        report.Header("trap", "us, median", "us, p99");
        foreach (var export in instance.Module.Exports)
        {
            var call = instance.GetFunction(export.Name)!.CreateDelegate<Action>();
            var times = new List<double>();
            for (var i = 0; i < 1100; i++)
            {
                var start = Stopwatch.GetTimestamp();
                try
                {
                    call();
                    report.Problem($"{export.Name} did not trap");
                }
                catch (TrapException)
                {
                    times.Add(Stopwatch.GetElapsedTime(start).TotalMicroseconds);
                }
            }

            times.RemoveRange(0, 100);
            report.Row(export.Name, Report.Number(Statistics.Median(times)), Report.Number(Statistics.Percentile(times, 0.99)));
            report.Data["trap: " + export.Name] = Report.Number(Statistics.Median(times));
        }
    }
}

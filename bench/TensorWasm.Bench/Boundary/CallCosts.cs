using System.Diagnostics;
using System.Text.Json.Nodes;
using TensorWasm.Bench.Reporting;
using TensorWasm.Engine;

namespace TensorWasm.Bench.Boundary;

/// <summary>Nanoseconds of a call from host to guest through a typed delegate, and from guest to a typed host function.</summary>
internal static class CallCosts
{
    private const int Calls = 20_000_000;

    public static void Measure(Settings settings, Report report, WasmEngine engine)
    {
        using var store = new Store(engine);
        var linker = new Linker(engine).DefineFunction("host", "add", (int a, int b) => a + b);
        var withCaller = new Linker(engine).DefineFunction("host", "add", AddWithCaller);
        var module = engine.Compile(Guests.Binary(Guests.Calls));
        var instance = linker.Instantiate(store, module);
        var add = instance.GetFunction("add")!.CreateDelegate<Func<int, int, int>>();
        var load = instance.GetFunction("load")!.CreateDelegate<Func<int, int>>();
        var callHost = instance.GetFunction("call_host")!.CreateDelegate<Func<int, int>>();
        var callHostWithCaller =
            withCaller.Instantiate(store, module).GetFunction("call_host")!.CreateDelegate<Func<int, int>>();
        var v8 = JsonNode.Parse(Machine.Output(Settings.Node, Path.Combine(settings.V8Folder, "calls.mjs")))!;

        report.Line();
        report.Header("call", "ns", "bar", "V8 and JavaScript, ns");
        Row("host to guest, (i32, i32) -> i32", Repeat(() => HostToGuest(add)), 15, "hostToGuest");
        Row("host to guest, with a load", Repeat(() => HostToGuest(load)), 15, "hostToGuestLoad");
        Row("guest to host, (i32, i32) -> i32", Repeat(() => callHost(Calls)), 8, "guestToHost");
        Row("guest to host, with its caller", Repeat(() => callHostWithCaller(Calls)), 8, null);

        void Row(string name, double[] nanoseconds, double bar, string? peer)
        {
            var median = Statistics.Median(nanoseconds);
            report.Row(name, Report.Number(median), Report.Number(bar), peer is null ? "-" : Report.Number((double)v8[peer]!));
            report.Data[name] = Report.Raw(nanoseconds);
        }
    }

    private static int AddWithCaller(Caller caller, int a, int b) => a + b + (caller.Instance is null ? 1 : 0);

    private static void HostToGuest(Func<int, int, int> add)
    {
        var sum = 0;
        for (var i = 0; i < Calls; i++)
            sum = add(sum, i);
    }

    private static void HostToGuest(Func<int, int> load)
    {
        var sum = 0;
        for (var i = 0; i < Calls; i++)
            sum += load(i & 1023);
    }

    /// <summary>Nanoseconds a call in seven runs, after two that let the runtime optimise the loop around it.</summary>
    private static double[] Repeat(Action run)
    {
        var times = new List<double>();
        for (var i = 0; i < 9; i++)
        {
            var start = Stopwatch.GetTimestamp();
            run();
            times.Add(Stopwatch.GetElapsedTime(start).TotalNanoseconds / Calls);
        }

        return [.. times.Skip(2)];
    }
}

using System.Diagnostics;
using TensorWasm.Bench.Reporting;
using TensorWasm.Engine;

namespace TensorWasm.Bench.Boundary;

/// <summary>Time to instantiate a compiled module, and the resident memory of many instances.</summary>
internal static class InstanceCosts
{
    private const int Live = 10_000;

    public static void Measure(Report report, WasmEngine engine)
    {
        var onePage = engine.Compile(Guests.Binary(Guests.OnePage));
        Many(report, engine, onePage, called: false);
        Many(report, engine, onePage, called: true);
        report.Line();
        report.Header("instantiate a compiled module in a store of its own", "us, median", "us, p99", "bar",
            "with its memory's first read, us", "dispose, us");
        Instantiate(report, engine, "1 page", onePage, 5000, 15);
        Instantiate(report, engine, "64 MiB image", engine.Compile(Guests.Image64MiB()), 2000, 40);
    }

    private static void Instantiate(Report report, WasmEngine engine, string name, Module module, int count, double bar)
    {
        var linker = new Linker(engine);
        List<double> made = [], read = [], disposed = [];
        for (var i = 0; i < count; i++)
        {
            var start = Stopwatch.GetTimestamp();
            var store = new Store(engine);
            var instance = linker.Instantiate(store, module);
            made.Add(Stopwatch.GetElapsedTime(start).TotalMicroseconds);
            if (instance.GetMemory("memory")!.Read<byte>(1024) == 0 && name == "1 page")
                report.Problem("the initial data are missing");
            read.Add(Stopwatch.GetElapsedTime(start).TotalMicroseconds);
            start = Stopwatch.GetTimestamp();
            store.Dispose();
            disposed.Add(Stopwatch.GetElapsedTime(start).TotalMicroseconds);
        }

        made.RemoveRange(0, count / 10);
        read.RemoveRange(0, count / 10);
        report.Row(
            name, Report.Number(Statistics.Median(made)), Report.Number(Statistics.Percentile(made, 0.99)),
            Report.Number(bar), Report.Number(Statistics.Median(read)), Report.Number(Statistics.Median(disposed)));
        report.Data["instantiate: " + name] = Report.Raw([Statistics.Median(made), Statistics.Percentile(made, 0.99)]);
    }

    private static void Many(Report report, WasmEngine engine, Module module, bool called)
    {
        var linker = new Linker(engine);
        var before = ResidentBytes();
        var start = Stopwatch.GetTimestamp();
        var all = new List<(Store Store, Instance Instance)>(Live);
        var sum = 0;
        for (var i = 0; i < Live; i++)
        {
            var store = new Store(engine);
            var instance = linker.Instantiate(store, module);
            all.Add((store, instance));
            if (called)
                sum += instance.GetFunction("touch")!.CreateDelegate<Func<int>>()();
        }

        var elapsed = Stopwatch.GetElapsedTime(start);
        var each = (ResidentBytes() - before) / 1024.0 / Live;
        if (called && sum != Live * 's')
            report.Problem("an instance read wrong data");
        var what = called ? "each called once" : "idle";
        report.Line();
        report.Line($"{Live:N0} live instances of one module, {what}: {Report.Number(each)} KiB resident each (bar 64), "
            + $"made in {Report.Number(elapsed.TotalMilliseconds)} ms.");
        report.Data["instances, " + what] = $"{Report.Number(each)} KiB";
        foreach (var (store, _) in all)
            store.Dispose();
    }

    private static long ResidentBytes()
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        GC.Collect();
        using var process = Process.GetCurrentProcess();
        return process.WorkingSet64;
    }
}

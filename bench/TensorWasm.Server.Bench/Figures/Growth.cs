using System.Text.Json.Nodes;
using TensorWasm.Bench.Reporting;
using TensorWasm.Server.Bench.Load;
using TensorWasm.Server.Bench.Servers;

namespace TensorWasm.Server.Bench.Figures;

/// <summary>The server's memory along a million invocations.</summary>
internal static class Growth
{
    private const int Steps = 20;

    /// <summary>The name on the metrics page of what the collector's last run left.</summary>
    private const string Heap = "dotnet_gc_last_collection_heap_size_bytes";

    public static async Task RunAsync(Settings settings, Report report)
    {
        using var gateway = Gateway.Start(settings);
        var (request, answer) = await Suite.PrepareAdderAsync(gateway);
        using var flow = new Flow(gateway.Port, request, answer, LoadGenerator.Connections);
        var each = (long)(1_000_000 * settings.Scale / Steps);
        report.Line($"Memory of the server along {each * Steps} invocations:");
        report.Line();
        report.Header("invocations", "resident, MiB", "garbage collector's heap, MiB");
        List<double> resident = [], heap = [];
        var done = 0L;
        for (var i = 1; i <= Steps; i++)
        {
            while (done < i * each)
            {
                LoadGenerator.Run([flow], TimeSpan.FromSeconds(0.5));
                done += flow.Succeeded;
                if (flow.Problem(200) is { } problem) report.Problem(problem);
            }
            resident.Add(gateway.ResidentBytes / (double)(1 << 20));
            heap.Add(await gateway.ReadMetricAsync(Heap) / (1 << 20));
            report.Row($"{done}", Report.Number(resident[^1]), Report.Number(heap[^1]));
        }
        var (third, last) = (Statistics.Median(resident.Skip(10).Take(5)), Statistics.Median(resident.TakeLast(5)));
        report.Line();
        report.Line(
            $"Resident, median of the third and of the last quarter: {Report.Number(third)} and {Report.Number(last)} MiB "
            + $"({(last / third) - 1:+0.0%;-0.0%}; bar: no growth that continues).");
        report.Data["growth"] = new JsonObject { ["residentMiB"] = Report.Raw(resident), ["heapMiB"] = Report.Raw(heap) };
    }
}

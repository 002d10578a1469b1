using System.Text.Json.Nodes;
using TensorWasm.Bench.Reporting;
using TensorWasm.Server.Bench.Load;
using TensorWasm.Server.Bench.Servers;

namespace TensorWasm.Server.Bench.Figures;

/// <summary>
/// What the gateway adds to Kestrel's latency at a constant rate. Each request is due at its time and its latency counts
/// from there.
/// </summary>
internal static class AddedLatency
{
    private const double PerSecond = 1_000;

    public static async Task RunAsync(Settings settings, Report report)
    {
        using var gateway = Gateway.Start(settings);
        var (request, answer) = await Suite.PrepareAdderAsync(gateway);
        using var peer = new Peer(settings, answer);
        using var ours = new Flow(gateway.Port, request, answer, LoadGenerator.Connections, PerSecond);
        using var theirs = new Flow(peer.Port, request, answer, LoadGenerator.Connections, PerSecond);
        LoadGenerator.WarmUp(gateway.Port, request, settings.Scale);
        LoadGenerator.WarmUp(peer.Port, request, settings.Scale);
        var turn = settings.Seconds(5);
        List<double>[] all = [[], [], [], []];
        for (var i = 0; i < settings.Repetitions; i++)
        {
            Measure(theirs, turn, all[2], all[3], report);
            Measure(ours, turn, all[0], all[1], report);
        }
        var median = all.Select(Statistics.Median).ToArray();
        report.Line($"Latency at {PerSecond} requests/s, ms, median of {settings.Repetitions} turns of {turn.TotalSeconds} s:");
        report.Line();
        report.Header("", "gateway", "Kestrel alone", "added", "bar");
        report.Row("p50", Number(median[0]), Number(median[2]), Number(median[0] - median[2]), "<= 0.3");
        report.Row("p99", Number(median[1]), Number(median[3]), Number(median[1] - median[3]), "<= 3");
        report.Data["latency"] = new JsonObject
        {
            ["gatewayP50"] = Report.Raw(all[0]),
            ["gatewayP99"] = Report.Raw(all[1]),
            ["kestrelP50"] = Report.Raw(all[2]),
            ["kestrelP99"] = Report.Raw(all[3]),
        };
    }

    private static void Measure(Flow flow, TimeSpan duration, List<double> p50, List<double> p99, Report report)
    {
        LoadGenerator.Run([flow], duration);
        p50.Add(Statistics.Percentile(flow.Latencies, 0.5));
        p99.Add(Statistics.Percentile(flow.Latencies, 0.99));
        if (flow.Problem(200) is { } problem) report.Problem(problem);
    }

    private static string Number(double value) => value.ToString("F3", null);
}

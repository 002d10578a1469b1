using System.Text.Json.Nodes;
using TensorWasm.Bench.Reporting;
using TensorWasm.Server.Bench.Load;
using TensorWasm.Server.Bench.Servers;

namespace TensorWasm.Server.Bench.Figures;

/// <summary>Requests a second that the gateway answers, against Kestrel alone, in turns.</summary>
internal static class Throughput
{
    public static async Task RunAsync(Settings settings, Report report)
    {
        using var gateway = Gateway.Start(settings);
        var (request, answer) = await Suite.PrepareAdderAsync(gateway);
        using var peer = new Peer(settings, answer);
        using var ours = new Flow(gateway.Port, request, answer, LoadGenerator.Connections);
        using var theirs = new Flow(peer.Port, request, answer, LoadGenerator.Connections);
        LoadGenerator.WarmUp(peer.Port, request, settings.Scale);
        LoadGenerator.WarmUp(gateway.Port, request, settings.Scale);
        var turn = settings.Seconds(4);
        Series gatewaySeries = new(), peerSeries = new();
        for (var i = 0; i < settings.Repetitions; i++)
        {
            Measure(peer, theirs, turn, peerSeries, report);
            Measure(gateway, ours, turn, gatewaySeries, report);
        }
        report.Line($"Invoking a function that adds two numbers, {LoadGenerator.Connections} connections, {turn.TotalSeconds} s a turn, medians:");
        report.Line();
        report.Header("", "gateway", "Kestrel alone", "ratio", "bar");
        Row(report, "requests/s", gatewaySeries.Rates, peerSeries.Rates, ">= 0.70");
        Row(report, "requests per second of the server's processor time", gatewaySeries.Efforts, peerSeries.Efforts, "");
        report.Data["throughput"] = new JsonObject
        {
            ["gateway"] = Report.Raw(gatewaySeries.Rates),
            ["kestrel"] = Report.Raw(peerSeries.Rates),
            ["gatewayPerProcessorSecond"] = Report.Raw(gatewaySeries.Efforts),
            ["kestrelPerProcessorSecond"] = Report.Raw(peerSeries.Efforts),
        };
    }

    private static void Row(Report report, string name, IReadOnlyList<double> ours, IReadOnlyList<double> theirs, string bar)
    {
        var (gateway, peer) = (Statistics.Median(ours), Statistics.Median(theirs));
        report.Row(name, Report.Number(gateway), Report.Number(peer), Report.Number(gateway / peer), bar);
    }

    private static void Measure(ServerProcess server, Flow flow, TimeSpan duration, Series series, Report report)
    {
        var before = server.ProcessorTime;
        LoadGenerator.Run([flow], duration);
        series.Rates.Add(flow.Succeeded / duration.TotalSeconds);
        series.Efforts.Add(flow.Succeeded / (server.ProcessorTime - before).TotalSeconds);
        if (flow.Problem(200) is { } problem) report.Problem(problem);
    }

    /// <summary>What one server did, turn by turn.</summary>
    private sealed class Series
    {
        public List<double> Rates { get; } = [];

        /// <summary>Where the machine has other work, this still tells what a request costs.</summary>
        public List<double> Efforts { get; } = [];
    }
}

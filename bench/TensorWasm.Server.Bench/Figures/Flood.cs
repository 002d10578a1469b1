using System.Text.Json.Nodes;
using TensorWasm.Bench.Reporting;
using TensorWasm.Server.Bench.Load;
using TensorWasm.Server.Bench.Servers;

namespace TensorWasm.Server.Bench.Figures;

/// <summary>What a tenant notices of another one that asks for ten times what it may: alone and beside it, in turns.</summary>
internal static class Flood
{
    private const double Limit = 300;
    private const double VictimPerSecond = 300;

    public static async Task RunAsync(Settings settings, Report report)
    {
        using var gateway = Gateway.Start(settings);
        var (request, answer) = await Suite.PrepareAdderAsync(gateway);
        var flooder = await gateway.CreateTenantAsync(2, new { requests_per_second = Limit, request_burst = (int)Limit });
        var (flooding, floodAnswer) = flooder.Invoke(
            await flooder.DeployAsync(Suite.Adder), """{"export":"add","args":[20,30]}""", "[50]");
        using var victim = new Flow(gateway.Port, request, answer, 16, VictimPerSecond);
        using var flood = new Flow(gateway.Port, flooding, floodAnswer, 64, 10 * Limit);
        LoadGenerator.WarmUp(gateway.Port, request, settings.Scale);
        LoadGenerator.Run([victim, flood], settings.Seconds(5));
        var turn = settings.Seconds(10);
        List<double> alone = [], beside = [], let = [];
        for (var i = 0; i < settings.Repetitions; i++)
        {
            LoadGenerator.Run([victim], turn);
            alone.Add(Statistics.Percentile(victim.Latencies, 0.99));
            LoadGenerator.Run([victim, flood], turn);
            beside.Add(Statistics.Percentile(victim.Latencies, 0.99));
            let.Add(flood.Succeeded / turn.TotalSeconds);
            if (victim.Problem(200) is { } problem) report.Problem($"the victim: {problem}");
            if (flood.Problem(200, 429) is { } trouble) report.Problem($"the flood: {trouble}");
        }
        var (before, during) = (Statistics.Median(alone), Statistics.Median(beside));
        report.Line(
            $"A tenant with {VictimPerSecond} requests/s beside one that may {Limit} and asks for {10 * Limit}, "
            + $"{settings.Repetitions} turns of {turn.TotalSeconds} s:");
        report.Line();
        report.Header("p99 alone, ms", "p99 beside the flood, ms", "ratio", "bar", "let through of the flood, requests/s");
        report.Row(
            before.ToString("F3", null), during.ToString("F3", null), Report.Number(during / before), "<= 1.5",
            Report.Number(Statistics.Median(let)));
        report.Data["flood"] = new JsonObject { ["aloneP99"] = Report.Raw(alone), ["besideP99"] = Report.Raw(beside) };
    }
}

using System.Text.Json.Nodes;
using TensorWasm.Bench.Reporting;
using TensorWasm.Server.Bench.Load;
using TensorWasm.Server.Bench.Servers;

namespace TensorWasm.Server.Bench.Figures;

/// <summary>Many tenants at once, each with a token, a module, a function and a connection of its own.</summary>
internal static class ManyTenants
{
    private const int Tenants = 500;

    public static async Task RunAsync(Settings settings, Report report)
    {
        using var gateway = Gateway.Start(settings);
        List<Flow> flows = [];
        for (var i = 1; i <= Tenants; i++)
        {
            var tenant = await gateway.CreateTenantAsync((ulong)i);
            // Each module is another one, and each answer depends on it and on the argument.
            var module = $"""
                (module (func (export "main") (param i32) (result i32) (i32.add (local.get 0) (i32.const {i * 1000}))))
                """;
            var (request, answer) = tenant.Invoke(
                await tenant.DeployAsync(module), $$"""{"export":"main","args":[{{i}}]}""", $"[{(i * 1000) + i}]");
            flows.Add(new Flow(gateway.Port, request, answer, 1));
        }
        LoadGenerator.Run(flows, settings.Seconds(5));
        var duration = settings.Seconds(60);
        LoadGenerator.Run(flows, duration);
        var answers = flows.Sum(static flow => flow.Statuses.Values.Sum());
        var wrong = flows.Sum(static flow => flow.Wrong);
        var failed = answers - flows.Sum(static flow => flow.Succeeded) + flows.Sum(static flow => flow.Unanswered);
        var latencies = flows.SelectMany(static flow => flow.Latencies).ToArray();
        var least = flows.Min(static flow => flow.Succeeded);
        report.Line($"{Tenants} tenants at once for {duration.TotalSeconds} s, each waiting for its answer before it asks again:");
        report.Line();
        report.Header("requests/s", "wrong or crossed answers", "other than 200", "p50, ms", "p99, ms", "the slowest tenant's share of the mean");
        report.Row(
            Report.Number(answers / duration.TotalSeconds), $"{wrong} (bar 0)", $"{failed} (bar 0)",
            Report.Number(Statistics.Percentile(latencies, 0.5)), Report.Number(Statistics.Percentile(latencies, 0.99)),
            Report.Number(least * (double)Tenants / answers));
        report.Data["tenants"] = new JsonObject { ["answers"] = answers, ["wrong"] = wrong, ["failed"] = failed };
        if (wrong + failed > 0) report.Problem($"{wrong} wrong answers, {failed} not answered with 200");
        foreach (var flow in flows) flow.Dispose();
    }
}

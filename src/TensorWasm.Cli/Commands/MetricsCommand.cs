using System.CommandLine;

namespace TensorWasm.Cli.Commands;

/// <summary><c>metrics</c>: a server's metrics as they are.</summary>
internal static class MetricsCommand
{
    internal static Command Create(CliContext context) => ApiVerb.Create(
        context, "metrics", "Prints a server's metrics in the Prometheus text format.",
        ("tensorwasm metrics | grep http_requests_total", "how many requests were answered, by route and status"), [],
        (client, _) => client.Print("GET", "/metrics"));
}

using TensorWasm.Bench.Reporting;
using TensorWasm.Server.Bench.Servers;

namespace TensorWasm.Server.Bench.Figures;

/// <summary>The gateway's figures, one after the other.</summary>
internal static class Suite
{
    /// <summary>The function of the figures that are not about functions: JSON arguments in, a JSON result out.</summary>
    public const string Adder = """
        (module (func (export "add") (param i32 i32) (result i32) (i32.add (local.get 0) (local.get 1))))
        """;

    private static readonly (string Name, Func<Settings, Report, Task> Run)[] All =
    [
        ("throughput", Throughput.RunAsync),
        ("latency", AddedLatency.RunAsync),
        ("first-byte", FirstByte.RunAsync),
        ("flood", Flood.RunAsync),
        ("tenants", ManyTenants.RunAsync),
        ("growth", Growth.RunAsync),
        ("kills", Kills.RunAsync),
    ];

    public static IEnumerable<string> Names => All.Select(static row => row.Name);

    public static async Task<Report> RunAsync(Settings settings)
    {
        var report = new Report("The gateway over HTTP");
        foreach (var (name, run) in All)
        {
            if (settings.Only.Count > 0 && !settings.Only.Contains(name)) continue;
            await run(settings, report);
            report.Line();
        }
        return report;
    }

    /// <summary>A request that adds two numbers, for a new tenant of a gateway.</summary>
    public static async Task<(byte[] Request, byte[] Answer)> PrepareAdderAsync(Gateway gateway)
    {
        var tenant = await gateway.CreateTenantAsync(1);
        return tenant.Invoke(await tenant.DeployAsync(Adder), """{"export":"add","args":[2,3]}""", "[5]");
    }
}

using TensorWasm.Bench.Reporting;
using TensorWasm.Server.Bench;
using TensorWasm.Server.Bench.Figures;
using TensorWasm.Server.Bench.Servers;

if (args is ["peer", var body])
{
    await Peer.RunAsync(Convert.FromBase64String(body));
    return 0;
}
if (args is [] or ["--help"] or ["-h"])
{
    Console.WriteLine($"""
        Usage: TensorWasm.Server.Bench --program TENSORWASM [--server-processors LIST] [--repetitions N] [--scale X]
                                      [--only NAME,NAME] [--results FOLDER] [--label NAME]

          {string.Join(", ", Suite.Names)}

        The load generator never sleeps and wants a processor of its own: bench/run-gateway.sh publishes the program and
        gives processors to both.
        """);
    return 0;
}

var settings = Settings.Parse(args);
var machine = Machine.Describe(settings.Root, settings.Command);
machine["serverProcessors"] = settings.ServerProcessors ?? "all";
var report = await Suite.RunAsync(settings);
machine["loadAfter"] = File.ReadAllText("/proc/loadavg").Split(' ')[0];
report.Save(Path.Combine(settings.Results, $"{settings.Label}-gateway"), machine);
return report.Problems.Count > 0 ? 1 : 0;

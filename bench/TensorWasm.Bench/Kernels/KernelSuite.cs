using System.Text.Json.Nodes;
using TensorWasm.Bench.Reporting;

namespace TensorWasm.Bench.Kernels;

/// <summary>
/// Times every kernel in four engines, one call of each in turn, and compares checksums bit for bit. V8 is warm when its
/// first timed call starts; the peer is the faster of its two configurations.
/// </summary>
internal static class KernelSuite
{
    private const int Warmups = 2;

    public static Report Run(Settings settings)
    {
        var report = new Report("CPU kernels against V8");
        var self = Environment.ProcessPath!;
        var server = Path.Combine(settings.V8Folder, "kernel-server.mjs");
        using var tiered = new KernelPeer("V8", Settings.Node, server);
        using var optimised = new KernelPeer("V8 --no-liftoff", Settings.Node, "--no-liftoff", server);
        using var guarded = new KernelPeer("guard pages", self, "serve", "guard-pages");
        using var explicitly = new KernelPeer("explicit checks", self, "serve", "explicit");
        KernelPeer[] peers = [tiered, optimised, guarded, explicitly];

        report.Line($"Medians of {settings.Repetitions} interleaved calls after {Warmups} warm-up calls, milliseconds of "
            + (settings.CpuTime ? "the thread's CPU time. " : "wall time. ")
            + "Ratio: to the faster of V8 and V8 `--no-liftoff`.");
        report.Line();
        report.Header(["kernel", "kind", .. peers.Select(peer => peer.Name), "ratio, guard pages", "ratio, explicit checks"]);
        List<(string Kind, double Guarded, double Explicit)> ratios = [];
        foreach (var kernel in Kernel.ReadAll(settings))
        {
            try
            {
                ratios.Add(Measure(settings, report, peers, kernel));
            }
            catch (InvalidOperationException e)
            {
                report.Problem($"{kernel.Name}: {e.Message}");
            }
        }

        Summarise(report, ratios);
        return report;
    }

    private static (string Kind, double Guarded, double Explicit) Measure(
        Settings settings, Report report, KernelPeer[] peers, Kernel kernel)
    {
        var times = peers.ToDictionary(peer => peer.Name, _ => new List<double>());
        HashSet<string> checksums = [];
        foreach (var peer in peers)
            peer.Load(kernel.ModulePath(settings));
        for (var round = -Warmups; round < settings.Repetitions; round++)
        {
            foreach (var peer in peers)
            {
                var (wall, cpu, bits) = peer.Run(kernel.N);
                checksums.Add(bits);
                if (round >= 0)
                    times[peer.Name].Add(settings.CpuTime ? cpu : wall);
            }
        }

        if (checksums.Count > 1)
            report.Problem($"{kernel.Name}: checksums differ: {string.Join(", ", checksums)}");
        double[] medians = [.. peers.Select(peer => Statistics.Median(times[peer.Name]))];
        var best = Math.Min(medians[0], medians[1]);
        report.Row([
            kernel.Name, kernel.Kind, .. medians.Select(Report.Number),
            Report.Number(medians[2] / best), Report.Number(medians[3] / best)]);
        report.Data[kernel.Name] = new JsonObject
        {
            ["kind"] = kernel.Kind,
            ["n"] = kernel.N,
            ["checksum"] = checksums.First(),
            ["milliseconds"] = new JsonObject(
                times.Select(pair => KeyValuePair.Create(pair.Key, (JsonNode?)Report.Raw(pair.Value)))),
            ["ratioGuardPages"] = medians[2] / best,
            ["ratioExplicitChecks"] = medians[3] / best,
        };
        return (kernel.Kind, medians[2] / best, medians[3] / best);
    }

    private static void Summarise(Report report, List<(string Kind, double Guarded, double Explicit)> ratios)
    {
        report.Line();
        report.Header("geometric mean of ratios", "kernels", "guard pages", "explicit checks");
        foreach (var group in ratios.GroupBy(ratio => ratio.Kind))
            AddRow(group.Key, [.. group]);
        AddRow("**all**", ratios);
        report.Line();
        report.Line($"Above 1.25 of V8 with guard pages: {ratios.Count(ratio => ratio.Guarded > 1.25)} kernels.");

        void AddRow(string name, List<(string Kind, double Guarded, double Explicit)> rows)
        {
            var guarded = Statistics.GeometricMean(rows.Select(row => row.Guarded));
            var explicitly = Statistics.GeometricMean(rows.Select(row => row.Explicit));
            report.Row(name, rows.Count.ToString((IFormatProvider?)null), Report.Number(guarded), Report.Number(explicitly));
            if (name == "**all**")
            {
                report.Data["geometricMean"] = new JsonObject
                {
                    ["guardPages"] = guarded,
                    ["explicitChecks"] = explicitly,
                    ["worstGuardPages"] = rows.Count == 0 ? 0 : rows.Max(row => row.Guarded),
                };
            }
        }
    }
}

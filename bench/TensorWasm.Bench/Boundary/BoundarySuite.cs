using TensorWasm.Bench.Reporting;
using TensorWasm.Engine;

namespace TensorWasm.Bench.Boundary;

/// <summary>What crossing the sandbox's border costs: calls, traps, instances, deadlines.</summary>
internal static class BoundarySuite
{
    public static Report Run(Settings settings)
    {
        var report = new Report("Calls, traps, instances and deadlines");
        var engine = new WasmEngine();
        report.Line($"Guard pages: {engine.UsesGuardPages}.");
        if (settings.Wants("calls"))
            CallCosts.Measure(settings, report, engine);
        if (settings.Wants("traps"))
            TrapCosts.Measure(report, engine);
        if (settings.Wants("instances"))
            InstanceCosts.Measure(report, engine);
        if (settings.Wants("deadlines"))
            Deadlines.Measure(report, engine);
        return report;
    }
}

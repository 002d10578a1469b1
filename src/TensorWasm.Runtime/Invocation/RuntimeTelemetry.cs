using System.Diagnostics;

namespace TensorWasm.Runtime;

/// <summary>What traces see of the runtime.</summary>
public static class RuntimeTelemetry
{
    /// <summary>The source's name, by which a tracer listens to it.</summary>
    public const string SourceName = "TensorWasm.Runtime";

    private static readonly ActivitySource Source = new(SourceName);

    internal static Activity? StartRun(PreparedCall call)
    {
        if (!Source.HasListeners()) return null;
        var activity = Source.StartActivity("invoke.run");
        activity?.SetTag("tensorwasm.tenant", call.Tenant.Record.Id.ToString());
        activity?.SetTag("tensorwasm.function", call.Function.Id.ToString());
        activity?.SetTag("tensorwasm.version", call.Version.Number);
        activity?.SetTag("tensorwasm.export", call.Export);
        return activity;
    }

    internal static void Finish(Activity? activity, InvocationResult result)
    {
        if (activity is null) return;
        activity.SetTag("tensorwasm.cpu_ms", result.Usage.CpuTime.TotalMilliseconds);
        activity.SetTag("tensorwasm.gpu_ms", result.Usage.GpuTime.TotalMilliseconds);
        activity.SetTag("tensorwasm.launches", result.Usage.Launches);
        if (result.Error is { } error) activity.SetStatus(ActivityStatusCode.Error, error.Kind.ToString());
    }
}

using System.Diagnostics;
using TensorWasm.Host;

namespace TensorWasm.Runtime;

/// <summary>What traces see of the runtime. Span names are TensorWasm's.</summary>
public static class RuntimeTelemetry
{
    /// <summary>The source's name, by which a tracer listens to it.</summary>
    public const string SourceName = "TensorWasm.Runtime";

    private const string TenantTag = "tensorwasm.tenant";

    private static readonly ActivitySource Source = new(SourceName);

    internal static Activity? StartRun(PreparedCall call)
    {
        if (!Source.HasListeners()) return null;
        var activity = Source.StartActivity("invoke.run");
        activity?.SetTag(TenantTag, call.Tenant.Record.Id.ToString());
        activity?.SetTag("tensorwasm.function", call.Function.Id.ToString());
        activity?.SetTag("tensorwasm.version", call.Version.Number);
        activity?.SetTag("tensorwasm.export", call.Export);
        return activity;
    }

    internal static Activity? StartJob(JobRecord job, ActivityContext submitted)
    {
        if (!Source.HasListeners()) return null;
        var activity = Source.StartActivity("async_invoke.job", ActivityKind.Consumer, submitted);
        activity?.SetTag(TenantTag, job.Tenant.ToString());
        activity?.SetTag("tensorwasm.job", job.Id.ToString());
        return activity;
    }

    /// <summary>Ends an invocation's span, with the spans that lie in it.</summary>
    internal static void Finish(Activity? activity, InvocationResult result, InvocationTrace? trace, TenantId tenant)
    {
        if (activity is null) return;
        var usage = result.Usage;
        activity.SetTag("tensorwasm.cpu_ms", usage.CpuTime.TotalMilliseconds);
        activity.SetTag("tensorwasm.gpu_ms", usage.GpuTime.TotalMilliseconds);
        activity.SetTag("tensorwasm.launches", usage.Launches);
        if (result.Error is { } error) activity.SetStatus(ActivityStatusCode.Error, error.Kind.ToString());
        var begin = activity.StartTimeUtc;
        Emit("spawn_instance", activity.Context, begin, usage.StartTime, tenant)?.Dispose();
        using var call = Emit("call_export", activity.Context, begin + usage.StartTime, usage.RunTime, tenant);
        if (call is not null && trace is not null) Emit(trace, call, tenant);
    }

    /// <summary>Spans are recorded while the guest runs, and told of afterwards: a parent before those that lie in it.
    /// </summary>
    private static void Emit(InvocationTrace trace, Activity call, TenantId tenant)
    {
        var start = trace.StartedAt.UtcDateTime;
        var contexts = new ActivityContext[trace.Spans.Count];
        for (var i = 0; i < contexts.Length; i++)
        {
            var span = trace.Spans[i];
            var parent = span.Parent is { } index ? contexts[index] : call.Context;
            using var activity = Emit(span.Name, parent, start + span.Start, span.Duration, tenant);
            contexts[i] = activity?.Context ?? parent;
            if (activity is null) continue;
            // A guest's own attributes can't pass for ours.
            var prefix = span.Kind == TraceSpanKind.Guest ? "guest." : "";
            foreach (var (key, value) in span.Attributes) activity.SetTag(prefix + key, value);
            activity.SetTag("tensorwasm.origin", span.Kind == TraceSpanKind.Guest ? "guest" : "host");
            if (span.Failure is { } failure) activity.SetStatus(ActivityStatusCode.Error, failure);
            AddLogs(activity, trace, i);
        }
        AddLogs(call, trace, null);
        if (trace.DroppedSpans > 0) call.SetTag("tensorwasm.dropped_spans", trace.DroppedSpans);
        if (trace.DroppedLogs > 0) call.SetTag("tensorwasm.dropped_logs", trace.DroppedLogs);
    }

    private static void AddLogs(Activity activity, InvocationTrace trace, int? span)
    {
        foreach (var log in trace.Logs)
        {
            if (log.Span != span) continue;
            var tags = new ActivityTagsCollection { ["level"] = log.Level.ToString(), ["message"] = log.Message };
            if (log.Context is { } context) tags["context"] = context;
            activity.AddEvent(new ActivityEvent("log", trace.StartedAt + log.Time, tags));
        }
    }

    private static Activity? Emit(string name, ActivityContext parent, DateTime start, TimeSpan duration, TenantId tenant)
    {
        var activity = Source.CreateActivity(name, ActivityKind.Internal, parent);
        if (activity is null) return null;
        activity.SetStartTime(start);
        activity.Start();
        activity.SetEndTime(start + duration);
        activity.SetTag(TenantTag, tenant.ToString());
        return activity;
    }
}

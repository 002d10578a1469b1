using System.Diagnostics;
using TensorWasm.Runtime;

namespace TensorWasm.Server;

/// <summary>One request on its way through the gateway: what is known of it so far.</summary>
internal sealed class GatewayRequest(HttpContext context, Route route)
{
    private List<KeyValuePair<string, string>>? _resource;

    internal HttpContext Http { get; } = context;

    internal Route Route { get; } = route;

    /// <summary>From a clock that only goes forward.</summary>
    internal long Started { get; } = Stopwatch.GetTimestamp();

    /// <summary>Ours, new for each request; the client gets it as X-Request-Id.</summary>
    internal string RequestId { get; } = RequestIds.Next();

    /// <summary>32 hexadecimal digits: the client's trace, or a new one.</summary>
    internal string TraceId { get; set; } = "";

    /// <summary>Its place in the trace: its own span, or without one the client's.</summary>
    internal ActivityContext Trace { get; set; }

    /// <summary><see cref="Trace"/> as W3C Trace Context writes it.</summary>
    internal string TraceParent =>
        $"00-{TraceId}-{Trace.SpanId.ToHexString()}-{(Trace.TraceFlags.HasFlag(ActivityTraceFlags.Recorded) ? "01" : "00")}";

    internal Caller Caller { get; set; } = Caller.Anonymous;

    internal TenantId Tenant { get; set; }

    /// <summary>Whether <see cref="Tenant"/> was settled.</summary>
    internal bool HasTenant { get; set; }

    /// <summary>Whether the handler ran: before that, nothing but a refusal can have happened.</summary>
    internal bool IsHandled { get; set; }

    /// <summary>What the request is about, for the audit log.</summary>
    internal IReadOnlyList<KeyValuePair<string, string>> Resource => _resource ?? [];

    /// <summary>Cancelled when the client has gone away.</summary>
    internal CancellationToken Aborted => Http.RequestAborted;

    /// <summary>Notes what the request is about: names and public ids only.</summary>
    internal void About(string name, string value) => (_resource ??= []).Add(new(name, value));

    /// <summary>A value of the route.</summary>
    internal string RouteValue(string name) => Http.Request.RouteValues[name] as string ?? "";
}

using System.Diagnostics.Metrics;
using TensorWasm.Runtime;

namespace TensorWasm.Server;

/// <summary>
/// What the gateway measures of itself. Exposed, the names are TensorWasm's where they mean the same:
/// tensor_wasm_http_requests_total, _http_request_duration_seconds, _http_requests_in_flight.
/// </summary>
internal sealed class GatewayMetrics : IDisposable
{
    internal const string MeterName = "TensorWasm.Server";

    private readonly Meter _meter;
    private readonly Counter<long> _requests;
    private readonly Histogram<double> _duration;
    private readonly UpDownCounter<long> _inFlight;
    private readonly Counter<long> _refusals;
    private readonly Counter<long> _tokens;

    internal GatewayMetrics(object scope, Func<long> lostAuditRecords, TensorWasmRuntime runtime, int maxTenants, Restarts restarts)
    {
        _meter = new Meter(new MeterOptions(MeterName) { Scope = scope });
        _requests = _meter.CreateCounter<long>(
            "tensor_wasm.http.requests", "{request}", "Requests that were answered.");
        _duration = _meter.CreateHistogram(
            "tensor_wasm.http.request.duration", "s", "From a request's headers to the end of its answer.",
            advice: new InstrumentAdvice<double> { HistogramBucketBoundaries = MetricRegistry.DefaultBounds });
        _inFlight = _meter.CreateUpDownCounter<long>(
            "tensor_wasm.http.requests_in_flight", "{request}", "Requests that are being answered.");
        _refusals = _meter.CreateCounter<long>(
            "tensor_wasm.http.refusals", "{request}", "Requests that were refused, by the kind of the error.");
        _tokens = _meter.CreateCounter<long>(
            "tensor_wasm.model.tokens", "{token}", "Tokens that models were given and produced.");
        _meter.CreateObservableGauge(
            "tensor_wasm.audit.lost_records", lostAuditRecords, "{record}",
            "Audit records that could not be written and are not yet noted in the log.");
        var version = typeof(GatewayMetrics).Assembly.GetName().Version?.ToString(3) ?? "";
        KeyValuePair<string, object?>[] build =
        [
            new("version", version), new("runtime", Environment.Version.ToString()),
            new("target", System.Runtime.InteropServices.RuntimeInformation.RuntimeIdentifier),
        ];
        _meter.CreateObservableGauge(
            "tensor_wasm.build_info", () => new Measurement<long>(1, build), null, "The build that runs; always 1.");
        _meter.CreateObservableCounter(
            "tensor_wasm.server.restarts",
            () => restarts.ByReason.Select(row => new Measurement<long>(row.Count, new KeyValuePair<string, object?>("reason", row.Reason))),
            "{restart}", "Times that the supervisor has started the server anew.");
        ObserveRuntime(runtime);
        if (maxTenants > 0) new TenantMetrics(runtime, maxTenants).AddTo(_meter);
    }

    private void ObserveRuntime(TensorWasmRuntime runtime)
    {
        _meter.CreateObservableGauge(
            "tensor_wasm.active_instances", () => runtime.Gauges.RunningInvocations, "{instance}", "Sandboxes that run.");
        _meter.CreateObservableGauge(
            "tensor_wasm.queued_invocations", () => runtime.Gauges.QueuedInvocations, "{invocation}",
            "Invocations that wait for a place.");
        _meter.CreateObservableGauge("tensor_wasm.jobs_active", () => runtime.Gauges.RunningJobs, "{job}", "Jobs that run.");
        _meter.CreateObservableGauge(
            "tensor_wasm.compiled_modules", () => runtime.Gauges.CompiledModules, "{module}", "Modules that are held compiled.");
        _meter.CreateObservableGauge(
            "tensor_wasm.code_size", () => runtime.Gauges.CodeBytes, "By", "Bytes of compiled code that are held.");
        _meter.CreateObservableCounter(
            "tensor_wasm.compilations", () => runtime.Gauges.Compilations, "{module}", "Modules that were compiled.");
        // Invocations are counted when they have ended.
        _meter.CreateObservableCounter(
            "tensor_wasm.instance_terminations", () => Ended(runtime), "{instance}", "Sandboxes that have ended.");
        _meter.CreateObservableCounter(
            "tensor_wasm.instance_spawns", () => Ended(runtime) + runtime.Gauges.RunningInvocations, "{instance}",
            "Sandboxes that were made.");
        _meter.CreateObservableCounter(
            "tensor_wasm.kernel_dispatches", () => runtime.MeasureTenants().Sum(tenant => tenant.Total.Launches), "{launch}",
            "Kernel launches.");
        _meter.CreateObservableGauge(
            "tensor_wasm.gpu_memory_used", () => runtime.MeasureTenants().Sum(tenant => tenant.DeviceBytes), "By",
            "Bytes of device memory that guests hold.");
    }

    private static long Ended(TensorWasmRuntime runtime) =>
        runtime.MeasureTenants().Sum(tenant => tenant.Total.Requests - tenant.Total.Refusals);

    /// <summary>Counts a request as begun.</summary>
    internal void Began(Route route)
    {
        if (_inFlight.Enabled) _inFlight.Add(1, new("route", route.Pattern), new("method", route.Method));
    }

    /// <summary>Counts a request as ended.</summary>
    internal void Ended(Route route, int status, TimeSpan duration, string? errorKind)
    {
        var pattern = new KeyValuePair<string, object?>("route", route.Pattern);
        var method = new KeyValuePair<string, object?>("method", route.Method);
        var code = new KeyValuePair<string, object?>("status", StatusText.Of(status));
        if (_inFlight.Enabled) _inFlight.Add(-1, pattern, method);
        if (_requests.Enabled) _requests.Add(1, pattern, method, code);
        if (_duration.Enabled) _duration.Record(duration.TotalSeconds, pattern, method, code);
        if (errorKind is not null && _refusals.Enabled) _refusals.Add(1, pattern, new("kind", errorKind));
    }

    /// <summary>Counts a model's tokens.</summary>
    internal void CountTokens(long prompt, long completion)
    {
        if (!_tokens.Enabled) return;
        _tokens.Add(prompt, new KeyValuePair<string, object?>("direction", "prompt"));
        _tokens.Add(completion, new KeyValuePair<string, object?>("direction", "completion"));
    }

    public void Dispose() => _meter.Dispose();

    /// <summary>Status codes as strings that are made once.</summary>
    private static class StatusText
    {
        private static readonly string[] All = [.. Enumerable.Range(0, 600).Select(
            status => status.ToString(System.Globalization.CultureInfo.InvariantCulture))];

        internal static string Of(int status) => (uint)status < (uint)All.Length ? All[status] : "0";
    }
}

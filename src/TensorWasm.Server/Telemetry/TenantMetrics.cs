using System.Diagnostics.Metrics;
using TensorWasm.Runtime;

namespace TensorWasm.Server;

/// <summary>
/// Metrics that tell tenants apart: the first so many that were seen by number, the rest together as <c>other</c>, so that
/// nobody fills the metrics store with tenants.
/// </summary>
internal sealed class TenantMetrics(TensorWasmRuntime runtime, int maxTenants)
{
    private readonly Dictionary<TenantId, string> _labels = [];

    internal void AddTo(Meter meter)
    {
        Counter(meter, "tensor_wasm.tenant.requests", "{request}", "Invocations that were asked for.", u => u.Total.Requests);
        Counter(meter, "tensor_wasm.tenant.failures", "{request}", "Invocations whose guest failed.", u => u.Total.Failures);
        Counter(meter, "tensor_wasm.tenant.refusals", "{request}", "Invocations that were refused.", u => u.Total.Refusals);
        Counter(meter, "tensor_wasm.tenant.cpu_time", "s", "CPU time of guests.", u => u.Total.CpuTime.TotalSeconds);
        Counter(meter, "tensor_wasm.tenant.gpu_time", "s", "Time of kernels.", u => u.Total.GpuTime.TotalSeconds);
        Counter(meter, "tensor_wasm.tenant.launches", "{launch}", "Kernel launches.", u => u.Total.Launches);
        meter.CreateObservableGauge(
            "tensor_wasm.gpu_memory_bytes_per_tenant", () => Measure(u => u.DeviceBytes), null,
            "Bytes of device memory that a tenant holds.");
    }

    private void Counter(Meter meter, string name, string unit, string description, Func<TenantUsage, double> value) =>
        meter.CreateObservableCounter(name, () => Measure(value), unit, description);

    private IEnumerable<Measurement<double>> Measure(Func<TenantUsage, double> value)
    {
        var sums = new Dictionary<string, double>(StringComparer.Ordinal);
        foreach (var usage in runtime.MeasureTenants())
        {
            var label = Label(usage.Tenant);
            sums[label] = sums.GetValueOrDefault(label) + value(usage);
        }
        return sums.Select(pair => new Measurement<double>(pair.Value, new KeyValuePair<string, object?>("tenant_id", pair.Key)));
    }

    private string Label(TenantId tenant)
    {
        lock (_labels)
        {
            if (_labels.TryGetValue(tenant, out var known)) return known;
            if (_labels.Count >= maxTenants) return "other";
            return _labels[tenant] = tenant.ToString();
        }
    }
}

namespace TensorWasm.Runtime;

/// <summary>A place that an invocation has; disposing it gives it to the next.</summary>
internal readonly struct AdmissionPlace(
    AdmissionControl control, AdmissionLane lane, TenantQuota quota, long bytes, double expected)
    : IDisposable
{
    private readonly long _start = control.Time.GetTimestamp();

    public void Dispose() =>
        control?.Leave(lane, quota, bytes, expected, control.Time.GetElapsedTime(_start).TotalSeconds);
}

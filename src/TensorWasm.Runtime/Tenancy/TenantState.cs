namespace TensorWasm.Runtime;

/// <summary>What this process holds of a tenant.</summary>
internal sealed class TenantState(TenantRecord record, long now, TimeProvider time)
{
    private TenantRecord _record = record;
    private long _loaded = now;
    private volatile bool _isStale;

    internal AdmissionLane Lane { get; } = new();

    internal UsageMeter Meter { get; } = new();

    internal TenantDevice Device { get; } = new(time);

    /// <summary>Orders changes of what the tenant owns, so that quotas hold.</summary>
    internal SemaphoreSlim Changes { get; } = new(1);

    /// <summary>The tenant as it is stored; a request takes it once.</summary>
    internal TenantRecord Record => Volatile.Read(ref _record);

    /// <summary>The timestamp of the last look into the store.</summary>
    internal long Loaded => Volatile.Read(ref _loaded);

    /// <summary>Whether the store has changed since.</summary>
    internal bool IsStale
    {
        get => _isStale;
        set => _isStale = value;
    }

    /// <summary>The timestamp of the last request.</summary>
    internal long LastUse { get; set; } = now;

    /// <summary>
    /// Counts what the tenant's kernels have used. Devices count for themselves, so that what no invocation waited for
    /// counts, too.
    /// </summary>
    internal void CountDeviceUse()
    {
        var used = Device.Take();
        if (used != default) Meter.Add(used);
    }

    internal void Set(TenantRecord record, long now)
    {
        Volatile.Write(ref _record, record);
        Volatile.Write(ref _loaded, now);
    }
}

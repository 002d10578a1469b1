using TensorWasm.Gpu;

namespace TensorWasm.Runtime;

/// <summary>
/// A tenant's account with the devices. Its quota is settled when it is made, so a change of the quota makes another;
/// what the earlier ones counted is not lost.
/// </summary>
internal sealed class TenantDevice(TimeProvider time)
{
    private readonly Lock _lock = new();
    private readonly List<(GpuTenant Tenant, Gpu.TenantUsage Seen)> _accounts = [];
    private GpuQuota? _quota;

    /// <summary>The account for new sandboxes.</summary>
    internal GpuTenant For(TenantRecord record)
    {
        var wanted = QuotaOf(record.Quota);
        lock (_lock)
        {
            if (_accounts.Count == 0 || _quota != wanted)
            {
                _quota = wanted;
                _accounts.Add((new GpuTenant(record.Id.ToString(), wanted, time), default));
            }
            return _accounts[^1].Tenant;
        }
    }

    /// <summary>Bytes of device memory that the tenant has now.</summary>
    internal long MemoryBytes
    {
        get
        {
            lock (_lock) return _accounts.Sum(static account => account.Tenant.Usage.MemoryBytes);
        }
    }

    /// <summary>What was used since the last call.</summary>
    internal UsageCounters Take()
    {
        lock (_lock)
        {
            UsageCounters taken = default;
            for (var i = 0; i < _accounts.Count; i++)
            {
                var (tenant, seen) = _accounts[i];
                var now = tenant.Usage;
                taken += new UsageCounters
                {
                    GpuTime = now.DeviceTime - seen.DeviceTime,
                    Launches = now.Launches - seen.Launches,
                };
                _accounts[i] = (tenant, now);
            }
            _accounts.RemoveAll(account =>
                account.Tenant != _accounts[^1].Tenant && account.Tenant.Usage.MemoryBytes == 0);
            return taken;
        }
    }

    private static GpuQuota QuotaOf(TenantQuota quota) => new()
    {
        MemoryBytes = quota.MaxDeviceBytes,
        LaunchesPerSecond = quota.LaunchesPerSecond > 0 ? quota.LaunchesPerSecond : null,
        TimePerSecond = quota.GpuTimePerSecond > 0 ? TimeSpan.FromSeconds(quota.GpuTimePerSecond) : null,
        Weight = quota.Weight,
    };
}

using System.Threading.RateLimiting;
using TensorWasm.Runtime;

namespace TensorWasm.Server;

/// <summary>Token buckets: one for each API token and one for each tenant; buckets that nobody uses go away.</summary>
internal sealed class RateLimits : IDisposable
{
    private readonly PartitionedRateLimiter<Key> _limiter = PartitionedRateLimiter.Create<Key, Key>(
        static key => RateLimitPartition.GetTokenBucketLimiter(key, static key => OptionsOf(key.Limit)));

    private readonly RateLimit? _perToken;
    private readonly RateLimit? _perTenant;

    /// <summary>Limits with defaults; null: none.</summary>
    internal RateLimits(RateLimit? perToken, RateLimit? perTenant) => (_perToken, _perTenant) = (perToken, perTenant);

    /// <summary>Takes a permit of the caller's bucket; in development mode all callers share one.</summary>
    /// <returns>Null if there was one; else when there will be.</returns>
    internal TimeSpan? TryTakeForCaller(Caller caller) =>
        _perToken is { } limit ? TryTake(new(caller.TokenId ?? "", 0, limit)) : null;

    /// <summary>Takes a permit of a tenant's bucket: of its quota's rate, or the configured one.</summary>
    internal TimeSpan? TryTakeForTenant(TenantRecord tenant)
    {
        var quota = tenant.Quota;
        var limit = quota.RequestsPerSecond > 0
            ? new RateLimit(quota.RequestsPerSecond, Math.Max(1, quota.RequestBurst))
            : _perTenant;
        return limit is { } some ? TryTake(new(null, tenant.Id.Value, some)) : null;
    }

    public void Dispose() => _limiter.Dispose();

    private TimeSpan? TryTake(Key key)
    {
        using var lease = _limiter.AttemptAcquire(key);
        if (lease.IsAcquired) return null;
        return lease.TryGetMetadata(MetadataName.RetryAfter, out var wait) ? wait : TimeSpan.FromSeconds(1);
    }

    private static TokenBucketRateLimiterOptions OptionsOf(RateLimit limit)
    {
        // Whole permits only, so a slow bucket gets one at a time and a fast one some each tenth of a second.
        const double periodsPerSecond = 10;
        var perPeriod = limit.PerSecond / periodsPerSecond;
        return new()
        {
            TokenLimit = limit.Burst,
            TokensPerPeriod = Math.Max(1, (int)perPeriod),
            ReplenishmentPeriod = perPeriod >= 1
                ? TimeSpan.FromSeconds((int)perPeriod / limit.PerSecond)
                : TimeSpan.FromSeconds(1 / limit.PerSecond),
            QueueLimit = 0,
            AutoReplenishment = false,
        };
    }

    /// <summary>A bucket's key. It holds the limit, so that a changed limit takes effect as a new bucket.</summary>
    private readonly record struct Key(string? Token, ulong Tenant, RateLimit Limit);
}

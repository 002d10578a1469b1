using System.Collections.Concurrent;
using TensorWasm.Runtime;

namespace TensorWasm.Server;

/// <summary>Tenants as the gateway needs them for each request: status and rates, kept for a moment.</summary>
internal sealed class TenantRates(ITenantStore store, TimeProvider time)
{
    /// <summary>How soon a change by another process is seen here.</summary>
    private static readonly TimeSpan Age = TimeSpan.FromSeconds(1);

    private const int MaxTenants = 20_000;

    private readonly ConcurrentDictionary<TenantId, Known> _known = new();

    /// <summary>The tenant; one that is not stored has default values.</summary>
    /// <exception cref="StateUnavailableException">It is not known here, and the store can't be reached.</exception>
    internal ValueTask<TenantRecord> GetAsync(TenantId id, CancellationToken token) =>
        _known.TryGetValue(id, out var known) && time.GetElapsedTime(known.Read) < Age
            ? new(known.Tenant)
            : new(ReadAsync(id, known, token));

    /// <summary>Forgets what was changed here.</summary>
    internal void Forget(TenantId id) => _known.TryRemove(id, out _);

    private async Task<TenantRecord> ReadAsync(TenantId id, Known? known, CancellationToken token)
    {
        var now = time.GetTimestamp();
        TenantRecord tenant;
        try
        {
            tenant = await store.FindAsync(id, token).ConfigureAwait(false) ?? new TenantRecord { Id = id };
        }
        catch (StateUnavailableException) when (known is not null)
        {
            // What was true a moment ago serves until the database is back.
            return known.Tenant;
        }
        if (_known.Count >= MaxTenants) _known.Clear();
        _known[id] = new(tenant, now);
        return tenant;
    }

    private sealed record Known(TenantRecord Tenant, long Read);
}

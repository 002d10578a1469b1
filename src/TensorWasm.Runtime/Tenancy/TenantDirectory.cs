using System.Collections.Concurrent;

namespace TensorWasm.Runtime;

/// <summary>
/// The tenants that this process has to do with. Where other processes may change the store, what is held is compared
/// with it from time to time; while it can't be reached, what is held goes on being used.
/// </summary>
internal sealed class TenantDirectory(
    ITenantStore store, TimeProvider time, TimeSpan freshness, TenantQuota defaultQuota, bool acceptsUnknown)
{
    private readonly ConcurrentDictionary<TenantId, TenantState> _states = [];

    internal IEnumerable<KeyValuePair<TenantId, TenantState>> All => _states;

    internal async ValueTask<Outcome<TenantState>> GetAsync(TenantId id, CancellationToken cancellation)
    {
        var now = time.GetTimestamp();
        if (_states.TryGetValue(id, out var state))
        {
            state.LastUse = now;
            if (!state.IsStale
                && (freshness == Timeout.InfiniteTimeSpan || time.GetElapsedTime(state.Loaded, now) < freshness))
            {
                return state;
            }
        }
        TenantRecord? record;
        try
        {
            // Before the read: a change that comes during it makes it stale again.
            if (state is not null) state.IsStale = false;
            record = await store.FindAsync(id, cancellation).ConfigureAwait(false);
        }
        catch (StateUnavailableException) when (state is not null)
        {
            state.IsStale = true;
            return state;
        }
        if (record is null && !acceptsUnknown)
        {
            _states.TryRemove(id, out _);
            return new RuntimeError(RuntimeErrorKind.TenantNotFound, "There is no such tenant.");
        }
        record ??= new TenantRecord { Id = id, Quota = defaultQuota };
        state = _states.GetOrAdd(
            id, static (_, seed) => new TenantState(seed.record, seed.now, seed.time), (record, now, time));
        state.Set(record, now);
        return state;
    }

    /// <summary>Makes the next request look into the store.</summary>
    internal void Invalidate(TenantId id)
    {
        if (_states.TryGetValue(id, out var state)) state.IsStale = true;
    }

    /// <summary>Forgets tenants that have done nothing for a time.</summary>
    internal void Trim(TimeSpan idle, AdmissionControl admission)
    {
        var now = time.GetTimestamp();
        foreach (var pair in _states)
        {
            if (time.GetElapsedTime(pair.Value.LastUse, now) < idle || pair.Value.Meter.HasPending) continue;
            var (running, queued, _) = admission.Measure(pair.Value.Lane);
            if (running == 0 && queued == 0) _states.TryRemove(pair);
        }
    }
}

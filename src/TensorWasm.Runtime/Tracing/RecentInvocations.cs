namespace TensorWasm.Runtime;

/// <summary>
/// The latest invocations of each tenant that recorded something, in memory: the oldest go when a tenant, or all
/// tenants together, have more than they may. All members may be used from any thread.
/// </summary>
/// <param name="maxTenantBytes">About how much is kept of one tenant.</param>
/// <param name="maxBytes">About how much is kept of all.</param>
public sealed class RecentInvocations(long maxTenantBytes, long maxBytes)
{
    private readonly Lock _lock = new();
    private readonly LinkedList<InvocationRecord> _all = [];
    private readonly Dictionary<TenantId, Tenant> _tenants = [];
    private long _bytes;

    /// <summary>A tenant's invocations, newest first.</summary>
    /// <param name="tenant">The tenant.</param>
    /// <param name="function">Only those of that function; null for all.</param>
    /// <param name="traceId">Only those of that trace; null for all.</param>
    /// <param name="count">At most so many.</param>
    public IReadOnlyList<InvocationRecord> List(TenantId tenant, Guid? function, string? traceId, int count)
    {
        lock (_lock)
        {
            if (!_tenants.TryGetValue(tenant, out var found)) return [];
            return
            [
                .. found.Nodes.Select(static node => node.Value).Reverse()
                    .Where(record => function is null || record.Function == function)
                    .Where(record => traceId is null || record.TraceId == traceId)
                    .Take(count),
            ];
        }
    }

    internal void Add(InvocationRecord record)
    {
        lock (_lock)
        {
            if (!_tenants.TryGetValue(record.Tenant, out var tenant)) _tenants.Add(record.Tenant, tenant = new Tenant());
            tenant.Nodes.Enqueue(_all.AddLast(record));
            tenant.Bytes += record.Trace.Size;
            _bytes += record.Trace.Size;
            while (tenant.Bytes > maxTenantBytes) RemoveOldest(record.Tenant, tenant);
            while (_bytes > maxBytes)
            {
                // The oldest of all is the oldest of its tenant.
                var owner = _all.First!.Value.Tenant;
                RemoveOldest(owner, _tenants[owner]);
            }
        }
    }

    private void RemoveOldest(TenantId id, Tenant tenant)
    {
        var node = tenant.Nodes.Dequeue();
        _all.Remove(node);
        tenant.Bytes -= node.Value.Trace.Size;
        _bytes -= node.Value.Trace.Size;
        if (tenant.Nodes.Count == 0) _tenants.Remove(id);
    }

    private sealed class Tenant
    {
        internal Queue<LinkedListNode<InvocationRecord>> Nodes { get; } = [];

        internal long Bytes { get; set; }
    }
}

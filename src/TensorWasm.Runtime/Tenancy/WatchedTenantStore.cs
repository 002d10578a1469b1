namespace TensorWasm.Runtime;

/// <summary>A tenant store whose changes are heeded at once in this process.</summary>
internal sealed class WatchedTenantStore(
    ITenantStore store, TenantDirectory directory, FunctionDirectory functions) : ITenantStore
{
    public Task<TenantRecord?> FindAsync(TenantId id, CancellationToken cancellation = default) =>
        store.FindAsync(id, cancellation);

    public Task<IReadOnlyList<TenantRecord>> ListAsync(
        TenantId? after, int count, CancellationToken cancellation = default) =>
        store.ListAsync(after, count, cancellation);

    public Task<bool> AddAsync(TenantRecord tenant, CancellationToken cancellation = default) =>
        ChangeAsync(tenant.Id, store.AddAsync(tenant, cancellation));

    public Task<bool> UpdateAsync(TenantRecord tenant, CancellationToken cancellation = default) =>
        ChangeAsync(tenant.Id, store.UpdateAsync(tenant, cancellation));

    public Task<bool> RemoveAsync(TenantId id, CancellationToken cancellation = default) =>
        ChangeAsync(id, store.RemoveAsync(id, cancellation), isRemoval: true);

    private async Task<bool> ChangeAsync(TenantId id, Task<bool> change, bool isRemoval = false)
    {
        try
        {
            return await change.ConfigureAwait(false);
        }
        finally
        {
            directory.Invalidate(id);
            if (isRemoval) functions.OnTenantRemoved();
        }
    }
}

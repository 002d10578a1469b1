namespace TensorWasm.Runtime;

/// <summary>Keeps tenants. A change is durable when the method returns.</summary>
public interface ITenantStore
{
    /// <summary>The tenant, or null if none of that number is stored.</summary>
    /// <exception cref="StateUnavailableException">The database can't be reached.</exception>
    public Task<TenantRecord?> FindAsync(TenantId id, CancellationToken cancellation = default);

    /// <summary>Tenants in the order of their numbers, from the first above <paramref name="after"/>.</summary>
    /// <param name="after">The last tenant of the page before; null for the first page.</param>
    /// <param name="count">At most so many.</param>
    /// <param name="cancellation">Ends the wait.</param>
    /// <exception cref="StateUnavailableException">The database can't be reached.</exception>
    public Task<IReadOnlyList<TenantRecord>> ListAsync(
        TenantId? after, int count, CancellationToken cancellation = default);

    /// <summary>Adds a tenant; false if there is one of that number.</summary>
    /// <exception cref="StateUnavailableException">The database can't be written.</exception>
    public Task<bool> AddAsync(TenantRecord tenant, CancellationToken cancellation = default);

    /// <summary>Stores a tenant's new name, status and quota; false if there is none of that number.</summary>
    /// <exception cref="StateUnavailableException">The database can't be written.</exception>
    public Task<bool> UpdateAsync(TenantRecord tenant, CancellationToken cancellation = default);

    /// <summary>
    /// Removes a tenant with its functions, jobs, kernels and usage; false if there is none of that number.
    /// </summary>
    /// <exception cref="StateUnavailableException">The database can't be written.</exception>
    public Task<bool> RemoveAsync(TenantId id, CancellationToken cancellation = default);
}

namespace TensorWasm.Runtime;

/// <summary>Keeps what tenants have used, by the hour.</summary>
public interface IUsageStore
{
    /// <summary>Adds to what is kept, all or nothing.</summary>
    /// <exception cref="StateUnavailableException">The database can't be written.</exception>
    public Task AddAsync(IReadOnlyList<UsagePeriod> periods, CancellationToken cancellation = default);

    /// <summary>A tenant's usage by the hour, the oldest first.</summary>
    /// <exception cref="StateUnavailableException">The database can't be reached.</exception>
    public Task<IReadOnlyList<UsagePeriod>> ReadAsync(
        TenantId tenant, DateTimeOffset from, DateTimeOffset to, CancellationToken cancellation = default);
}

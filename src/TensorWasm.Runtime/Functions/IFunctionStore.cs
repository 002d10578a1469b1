namespace TensorWasm.Runtime;

/// <summary>Keeps functions, versions and aliases. A change is durable when the method returns.</summary>
public interface IFunctionStore
{
    /// <summary>A tenant's function; null if there is none. Looking for another tenant's takes as long as for none.</summary>
    /// <exception cref="StateUnavailableException">The database can't be reached.</exception>
    public Task<FunctionRecord?> FindAsync(TenantId tenant, Guid id, CancellationToken cancellation = default);

    /// <summary>A version; null if there is none of that number.</summary>
    /// <exception cref="StateUnavailableException">The database can't be reached.</exception>
    public Task<FunctionVersion?> FindVersionAsync(Guid id, int number, CancellationToken cancellation = default);

    /// <summary>A tenant's functions in the order in which they were deployed.</summary>
    /// <param name="tenant">The tenant.</param>
    /// <param name="name">Only functions of that name; null for all.</param>
    /// <param name="after">The last function of the page before; null for the first page.</param>
    /// <param name="count">At most so many.</param>
    /// <param name="cancellation">Ends the wait.</param>
    /// <exception cref="StateUnavailableException">The database can't be reached.</exception>
    public Task<IReadOnlyList<FunctionRecord>> ListAsync(
        TenantId tenant, string? name, Guid? after, int count, CancellationToken cancellation = default);

    /// <summary>A function's versions, the latest first.</summary>
    /// <exception cref="StateUnavailableException">The database can't be reached.</exception>
    public Task<IReadOnlyList<FunctionVersion>> ListVersionsAsync(Guid id, CancellationToken cancellation = default);

    /// <summary>How many functions a tenant has, and the bytes of all their modules, each version counted.</summary>
    /// <exception cref="StateUnavailableException">The database can't be reached.</exception>
    public Task<(int Functions, long Bytes)> MeasureAsync(TenantId tenant, CancellationToken cancellation = default);

    /// <summary>Adds a function with its first version.</summary>
    /// <exception cref="StateUnavailableException">The database can't be written.</exception>
    public Task AddAsync(FunctionRecord function, FunctionVersion version, CancellationToken cancellation = default);

    /// <summary>Adds a version and removes old ones that no alias names, so that at most some are left.</summary>
    /// <returns>False if the function is gone, or another version of that number came first.</returns>
    /// <exception cref="StateUnavailableException">The database can't be written.</exception>
    public Task<bool> AddVersionAsync(
        FunctionVersion version, int maxVersions, CancellationToken cancellation = default);

    /// <summary>Renames a function; false if it is gone.</summary>
    /// <exception cref="StateUnavailableException">The database can't be written.</exception>
    public Task<bool> RenameAsync(Guid id, string name, DateTimeOffset time, CancellationToken cancellation = default);

    /// <summary>Sets an alias, or removes it where the version is null; false if function or version is gone.</summary>
    /// <exception cref="StateUnavailableException">The database can't be written.</exception>
    public Task<bool> SetAliasAsync(
        Guid id, string alias, int? version, DateTimeOffset time, CancellationToken cancellation = default);

    /// <summary>Removes a function with its versions and aliases; false if it is gone already.</summary>
    /// <exception cref="StateUnavailableException">The database can't be written.</exception>
    public Task<bool> RemoveAsync(Guid id, CancellationToken cancellation = default);
}

namespace TensorWasm.Runtime;

/// <summary>Keeps the kernel registry's entries; their code lies in the <see cref="IBlobStore"/>.</summary>
public interface IKernelStore
{
    /// <summary>The kernel that a tenant means by a name and version: its own, else a shared one, else null.</summary>
    /// <exception cref="StateUnavailableException">The database can't be reached.</exception>
    public Task<KernelRecord?> ResolveAsync(
        TenantId tenant, string name, string version, CancellationToken cancellation = default);

    /// <summary>The kernels that a tenant may use, by name and version.</summary>
    /// <param name="tenant">The tenant.</param>
    /// <param name="offset">How many to pass over.</param>
    /// <param name="count">At most so many.</param>
    /// <param name="cancellation">Ends the wait.</param>
    /// <exception cref="StateUnavailableException">The database can't be reached.</exception>
    public Task<IReadOnlyList<KernelRecord>> ListAsync(
        TenantId tenant, int offset, int count, CancellationToken cancellation = default);

    /// <summary>How many kernels a tenant has published, and the bytes of their code.</summary>
    /// <exception cref="StateUnavailableException">The database can't be reached.</exception>
    public Task<(int Kernels, long Bytes)> MeasureAsync(TenantId tenant, CancellationToken cancellation = default);

    /// <summary>
    /// Adds a kernel; false if its owner has one of that name and version, or it is to be shared and another shared one
    /// has them.
    /// </summary>
    /// <exception cref="StateUnavailableException">The database can't be written.</exception>
    public Task<bool> AddAsync(KernelRecord kernel, CancellationToken cancellation = default);

    /// <summary>
    /// Says who may use a kernel of a tenant. Null if it has none of that name and version; false if it is to be shared
    /// and another tenant's shared kernel has them.
    /// </summary>
    /// <exception cref="StateUnavailableException">The database can't be written.</exception>
    public Task<bool?> SetVisibilityAsync(
        TenantId owner, string name, string version, KernelVisibility visibility,
        CancellationToken cancellation = default);

    /// <summary>Removes a kernel of a tenant; false if it has none of that name and version.</summary>
    /// <exception cref="StateUnavailableException">The database can't be written.</exception>
    public Task<bool> RemoveAsync(
        TenantId owner, string name, string version, CancellationToken cancellation = default);
}

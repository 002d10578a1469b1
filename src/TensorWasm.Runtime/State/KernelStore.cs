using Microsoft.EntityFrameworkCore;

namespace TensorWasm.Runtime.State;

internal sealed class KernelStore(StateDatabase database) : IKernelStore
{
    public Task<KernelRecord?> ResolveAsync(
        TenantId tenant, string name, string version, CancellationToken cancellation = default)
    {
        var owner = Columns.Of(tenant);
        var shared = SharedKey(name, version);
        return database.ReadAsync(
            async context => await context.Kernels.AsNoTracking().Include(r => r.Variants)
                .Where(r => (r.OwnerId == owner && r.Name == name && r.Version == version) || r.SharedKey == shared)
                .OrderBy(r => r.OwnerId == owner ? 0 : 1)
                .FirstOrDefaultAsync(cancellation).ConfigureAwait(false) is { } row ? ToRecord(row) : null,
            cancellation);
    }

    public Task<IReadOnlyList<KernelRecord>> ListAsync(
        TenantId tenant, int offset, int count, CancellationToken cancellation = default)
    {
        var owner = Columns.Of(tenant);
        return database.ReadAsync<IReadOnlyList<KernelRecord>>(
            async context =>
            {
                var rows = await context.Kernels.AsNoTracking().Include(r => r.Variants)
                    .Where(r => r.OwnerId == owner || r.SharedKey != null)
                    .OrderBy(r => r.Name).ThenBy(r => r.Version).ThenBy(r => r.Id)
                    .Skip(offset).Take(count).ToListAsync(cancellation).ConfigureAwait(false);
                return rows.ConvertAll(ToRecord);
            },
            cancellation);
    }

    public Task<(int Kernels, long Bytes)> MeasureAsync(TenantId tenant, CancellationToken cancellation = default)
    {
        var owner = Columns.Of(tenant);
        return database.ReadAsync(
            async context =>
            {
                var kernels = context.Kernels.Where(r => r.OwnerId == owner);
                var count = await kernels.CountAsync(cancellation).ConfigureAwait(false);
                var bytes = await kernels.SelectMany(r => r.Variants).SumAsync(v => v.Bytes, cancellation)
                    .ConfigureAwait(false);
                return (count, bytes);
            },
            cancellation);
    }

    public Task<bool> AddAsync(KernelRecord kernel, CancellationToken cancellation = default) => database.WriteAsync(
        async context =>
        {
            var owner = Columns.Of(kernel.Owner);
            var shared = kernel.Visibility == KernelVisibility.Shared ? SharedKey(kernel.Name, kernel.Version) : null;
            var isTaken = await context.Kernels.AnyAsync(
                r => (r.OwnerId == owner && r.Name == kernel.Name && r.Version == kernel.Version)
                    || (shared != null && r.SharedKey == shared),
                cancellation).ConfigureAwait(false);
            if (isTaken) return false;
            context.Kernels.Add(new KernelRow
            {
                Id = kernel.Id,
                OwnerId = owner,
                Name = kernel.Name,
                Version = kernel.Version,
                SharedKey = shared,
                Publisher = kernel.Publisher,
                Manifest = kernel.Manifest,
                CreatedMs = Columns.Of(kernel.CreatedAt),
                Variants =
                [
                    .. kernel.Variants.Select(variant => new KernelVariantRow
                    {
                        KernelId = kernel.Id,
                        Architecture = variant.Architecture,
                        Digest = variant.Code.Text,
                        Bytes = variant.Bytes,
                    }),
                ],
            });
            return await TenantStore.SaveNewAsync(context, cancellation).ConfigureAwait(false);
        },
        cancellation);

    public Task<bool?> SetVisibilityAsync(
        TenantId owner, string name, string version, KernelVisibility visibility,
        CancellationToken cancellation = default)
    {
        var key = Columns.Of(owner);
        var shared = visibility == KernelVisibility.Shared ? SharedKey(name, version) : null;
        return database.WriteAsync<bool?>(
            async context =>
            {
                var row = await context.Kernels
                    .FirstOrDefaultAsync(r => r.OwnerId == key && r.Name == name && r.Version == version, cancellation)
                    .ConfigureAwait(false);
                if (row is null) return null;
                if (row.SharedKey == shared) return true;
                if (shared is not null
                    && await context.Kernels.AnyAsync(r => r.SharedKey == shared, cancellation).ConfigureAwait(false))
                {
                    return false;
                }
                row.SharedKey = shared;
                return await TenantStore.SaveNewAsync(context, cancellation).ConfigureAwait(false);
            },
            cancellation);
    }

    public Task<bool> RemoveAsync(
        TenantId owner, string name, string version, CancellationToken cancellation = default)
    {
        var key = Columns.Of(owner);
        return database.WriteAsync(
            async context => await context.Kernels
                .Where(r => r.OwnerId == key && r.Name == name && r.Version == version)
                .ExecuteDeleteAsync(cancellation).ConfigureAwait(false) > 0,
            cancellation);
    }

    /// <summary>No name or version has a line feed.</summary>
    private static string SharedKey(string name, string version) => $"{name}\n{version}";

    private static KernelRecord ToRecord(KernelRow row) => new()
    {
        Id = row.Id,
        Owner = Columns.Tenant(row.OwnerId),
        Name = row.Name,
        Version = row.Version,
        Visibility = row.SharedKey is null ? KernelVisibility.Private : KernelVisibility.Shared,
        Publisher = row.Publisher,
        Manifest = row.Manifest,
        Variants =
        [
            .. row.Variants.OrderBy(static v => v.Architecture, StringComparer.Ordinal)
                .Select(static v => new KernelVariant(v.Architecture, Digest.Parse(v.Digest), v.Bytes)),
        ],
        CreatedAt = Columns.Time(row.CreatedMs),
    };
}

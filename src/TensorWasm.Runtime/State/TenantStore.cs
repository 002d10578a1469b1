using Microsoft.EntityFrameworkCore;

namespace TensorWasm.Runtime.State;

internal sealed class TenantStore(StateDatabase database) : ITenantStore
{
    public Task<TenantRecord?> FindAsync(TenantId id, CancellationToken cancellation = default)
    {
        var key = Columns.Of(id);
        return database.ReadAsync(
            async context => await context.Tenants.AsNoTracking().FirstOrDefaultAsync(row => row.Id == key, cancellation)
                .ConfigureAwait(false) is { } found ? ToRecord(found) : null,
            cancellation);
    }

    public Task<IReadOnlyList<TenantRecord>> ListAsync(
        TenantId? after, int count, CancellationToken cancellation = default)
    {
        // Numbers of 2^63 and more are negative in the column.
        var last = Columns.Of(after ?? default);
        var isFirst = after is null;
        var isLow = last >= 0;
        return database.ReadAsync<IReadOnlyList<TenantRecord>>(
            async context =>
            {
                var rows = await context.Tenants.AsNoTracking()
                    .Where(row => isFirst || (row.Id > last && (isLow || row.Id < 0)) || (isLow && row.Id < 0))
                    .OrderBy(row => row.Id < 0 ? 1 : 0).ThenBy(row => row.Id)
                    .Take(count).ToListAsync(cancellation).ConfigureAwait(false);
                return rows.ConvertAll(ToRecord);
            },
            cancellation);
    }

    public async Task<bool> AddAsync(TenantRecord tenant, CancellationToken cancellation = default)
    {
        var key = Columns.Of(tenant.Id);
        return await database.WriteAsync(
            async context =>
            {
                if (await context.Tenants.AnyAsync(row => row.Id == key, cancellation)
                    .ConfigureAwait(false)) return false;
                context.Tenants.Add(new TenantRow
                {
                    Id = key,
                    Name = tenant.Name,
                    Status = (int)tenant.Status,
                    Quota = StateJson.Write(tenant.Quota),
                    CreatedMs = Columns.Of(tenant.CreatedAt),
                    UpdatedMs = Columns.Of(tenant.UpdatedAt),
                });
                return await SaveNewAsync(context, cancellation).ConfigureAwait(false);
            },
            cancellation).ConfigureAwait(false);
    }

    public Task<bool> UpdateAsync(TenantRecord tenant, CancellationToken cancellation = default)
    {
        var key = Columns.Of(tenant.Id);
        var quota = StateJson.Write(tenant.Quota);
        var time = Columns.Of(tenant.UpdatedAt);
        return database.WriteAsync(
            async context => await context.Tenants.Where(row => row.Id == key).ExecuteUpdateAsync(
                row => row
                    .SetProperty(r => r.Name, tenant.Name)
                    .SetProperty(r => r.Status, (int)tenant.Status)
                    .SetProperty(r => r.Quota, quota)
                    .SetProperty(r => r.UpdatedMs, time),
                cancellation).ConfigureAwait(false) > 0,
            cancellation);
    }

    public Task<bool> RemoveAsync(TenantId id, CancellationToken cancellation = default)
    {
        var key = Columns.Of(id);
        return database.WriteAsync(
            async context =>
            {
                await context.Functions.Where(r => r.TenantId == key).ExecuteDeleteAsync(cancellation)
                    .ConfigureAwait(false);
                await context.Jobs.Where(r => r.TenantId == key).ExecuteDeleteAsync(cancellation).ConfigureAwait(false);
                await context.Kernels.Where(r => r.OwnerId == key).ExecuteDeleteAsync(cancellation)
                    .ConfigureAwait(false);
                await context.Usage.Where(r => r.TenantId == key).ExecuteDeleteAsync(cancellation)
                    .ConfigureAwait(false);
                return await context.Tenants.Where(row => row.Id == key).ExecuteDeleteAsync(cancellation)
                    .ConfigureAwait(false) > 0;
            },
            cancellation);
    }

    /// <summary>
    /// Saves rows that were added; false if another transaction has added one of the same key meanwhile.
    /// </summary>
    internal static async Task<bool> SaveNewAsync(StateContext context, CancellationToken cancellation)
    {
        try
        {
            await context.SaveChangesAsync(cancellation).ConfigureAwait(false);
            return true;
        }
        catch (DbUpdateException e) when (StateDatabase.IsDuplicate(e))
        {
            return false;
        }
    }

    private static TenantRecord ToRecord(TenantRow row) => new()
    {
        Id = Columns.Tenant(row.Id),
        Name = row.Name,
        Status = (TenantStatus)row.Status,
        Quota = StateJson.ReadQuota(row.Quota),
        CreatedAt = Columns.Time(row.CreatedMs),
        UpdatedAt = Columns.Time(row.UpdatedMs),
    };
}

using System.Collections.Immutable;
using Microsoft.EntityFrameworkCore;

namespace TensorWasm.Runtime.State;

internal sealed class FunctionStore(StateDatabase database) : IFunctionStore
{
    public Task<FunctionRecord?> FindAsync(TenantId tenant, Guid id, CancellationToken cancellation = default)
    {
        var owner = Columns.Of(tenant);
        return database.ReadAsync(
            async context =>
            {
                var row = await context.Functions.AsNoTracking()
                    .FirstOrDefaultAsync(r => r.Id == id && r.TenantId == owner, cancellation).ConfigureAwait(false);
                if (row is null) return null;
                var aliases = await context.Aliases.AsNoTracking().Where(r => r.FunctionId == id).ToListAsync(cancellation)
                    .ConfigureAwait(false);
                return ToRecord(row, aliases);
            },
            cancellation);
    }

    public Task<FunctionVersion?> FindVersionAsync(Guid id, int number, CancellationToken cancellation = default) =>
        database.ReadAsync(
            async context => await context.Versions.AsNoTracking()
                .FirstOrDefaultAsync(r => r.FunctionId == id && r.Number == number, cancellation)
                .ConfigureAwait(false) is { } row ? ToVersion(row) : null,
            cancellation);

    public Task<IReadOnlyList<FunctionRecord>> ListAsync(
        TenantId tenant, string? name, Guid? after, int count, CancellationToken cancellation = default)
    {
        var key = Columns.Of(tenant);
        return database.ReadAsync<IReadOnlyList<FunctionRecord>>(
            async context =>
            {
                var rows = context.Functions.AsNoTracking().Where(r => r.TenantId == key);
                if (name is not null) rows = rows.Where(r => r.Name == name);
                if (after is { } last)
                {
                    var made = await context.Functions.Where(r => r.Id == last && r.TenantId == key)
                        .Select(r => (long?)r.CreatedMs).FirstOrDefaultAsync(cancellation)
                            .ConfigureAwait(false) ?? long.MaxValue;
                    rows = rows.Where(r => r.CreatedMs > made || (r.CreatedMs == made && r.Id.CompareTo(last) > 0));
                }
                var page = await rows.OrderBy(r => r.CreatedMs).ThenBy(r => r.Id).Take(count).ToListAsync(cancellation)
                    .ConfigureAwait(false);
                var ids = page.ConvertAll(static r => r.Id);
                var aliases = await context.Aliases.AsNoTracking().Where(r => ids.Contains(r.FunctionId))
                    .ToListAsync(cancellation).ConfigureAwait(false);
                var byFunction = aliases.ToLookup(static r => r.FunctionId);
                return page.ConvertAll(r => ToRecord(r, byFunction[r.Id]));
            },
            cancellation);
    }

    public Task<IReadOnlyList<FunctionVersion>> ListVersionsAsync(Guid id, CancellationToken cancellation = default) =>
        database.ReadAsync<IReadOnlyList<FunctionVersion>>(
            async context =>
            {
                var rows = await context.Versions.AsNoTracking().Where(r => r.FunctionId == id)
                    .OrderByDescending(r => r.Number).ToListAsync(cancellation).ConfigureAwait(false);
                return rows.ConvertAll(ToVersion);
            },
            cancellation);

    public Task<(int Functions, long Bytes)> MeasureAsync(TenantId tenant, CancellationToken cancellation = default)
    {
        var key = Columns.Of(tenant);
        return database.ReadAsync(
            async context =>
            {
                var functions = context.Functions.Where(r => r.TenantId == key);
                var count = await functions.CountAsync(cancellation).ConfigureAwait(false);
                var bytes = await functions.Join(context.Versions, f => f.Id, v => v.FunctionId, (f, v) => v.ModuleBytes)
                    .SumAsync(cancellation).ConfigureAwait(false);
                return (count, bytes);
            },
            cancellation);
    }

    public Task AddAsync(FunctionRecord function, FunctionVersion version, CancellationToken cancellation = default) =>
        database.WriteAsync(
            async context =>
            {
                context.Functions.Add(new FunctionRow
                {
                    Id = function.Id,
                    TenantId = Columns.Of(function.Tenant),
                    Name = function.Name,
                    LatestVersion = version.Number,
                    CreatedMs = Columns.Of(function.CreatedAt),
                    UpdatedMs = Columns.Of(function.UpdatedAt),
                });
                context.Versions.Add(ToRow(version));
                await context.SaveChangesAsync(cancellation).ConfigureAwait(false);
                return true;
            },
            cancellation);

    public Task<bool> AddVersionAsync(
        FunctionVersion version, int maxVersions, CancellationToken cancellation = default)
    {
        var id = version.Function;
        var number = version.Number;
        var time = Columns.Of(version.CreatedAt);
        return database.WriteAsync(
            async context =>
            {
                // The row's lock orders those who add versions at the same time.
                var isNext = await context.Functions.Where(r => r.Id == id && r.LatestVersion == number - 1)
                    .ExecuteUpdateAsync(
                        row => row.SetProperty(r => r.LatestVersion, number).SetProperty(r => r.UpdatedMs, time),
                        cancellation).ConfigureAwait(false) > 0;
                if (!isNext) return false;
                context.Versions.Add(ToRow(version));
                await context.SaveChangesAsync(cancellation).ConfigureAwait(false);
                await RemoveOldAsync(context, id, maxVersions, cancellation).ConfigureAwait(false);
                return true;
            },
            cancellation);
    }

    public Task<bool> RenameAsync(Guid id, string name, DateTimeOffset time, CancellationToken cancellation = default)
    {
        var now = Columns.Of(time);
        return database.WriteAsync(
            async context => await context.Functions.Where(r => r.Id == id).ExecuteUpdateAsync(
                row => row.SetProperty(r => r.Name, name).SetProperty(r => r.UpdatedMs, now), cancellation)
                .ConfigureAwait(false) > 0,
            cancellation);
    }

    public Task<bool> SetAliasAsync(
        Guid id, string alias, int? version, DateTimeOffset time, CancellationToken cancellation = default)
    {
        var now = Columns.Of(time);
        return database.WriteAsync(
            async context =>
            {
                // The row's lock keeps the version from being removed meanwhile.
                var isThere = await context.Functions.Where(r => r.Id == id)
                    .ExecuteUpdateAsync(row => row.SetProperty(r => r.UpdatedMs, now), cancellation)
                    .ConfigureAwait(false) > 0;
                if (!isThere) return false;
                if (version is { } number && !await context.Versions
                    .AnyAsync(r => r.FunctionId == id && r.Number == number, cancellation).ConfigureAwait(false))
                {
                    return false;
                }
                await context.Aliases.Where(r => r.FunctionId == id && r.Name == alias).ExecuteDeleteAsync(cancellation)
                    .ConfigureAwait(false);
                if (version is { } target)
                {
                    context.Aliases.Add(new FunctionAliasRow { FunctionId = id, Name = alias, Version = target });
                    await context.SaveChangesAsync(cancellation).ConfigureAwait(false);
                }
                return true;
            },
            cancellation);
    }

    public Task<bool> RemoveAsync(Guid id, CancellationToken cancellation = default) => database.WriteAsync(
        async context => await context.Functions.Where(r => r.Id == id).ExecuteDeleteAsync(cancellation)
            .ConfigureAwait(false) > 0,
        cancellation);

    private static async Task RemoveOldAsync(
        StateContext context, Guid id, int maxVersions, CancellationToken cancellation)
    {
        var numbers = await context.Versions.Where(r => r.FunctionId == id).OrderBy(r => r.Number).Select(r => r.Number)
            .ToListAsync(cancellation).ConfigureAwait(false);
        if (numbers.Count <= maxVersions) return;
        var named = await context.Aliases.Where(r => r.FunctionId == id).Select(r => r.Version).ToListAsync(cancellation)
            .ConfigureAwait(false);
        var old = numbers.Take(numbers.Count - 1).Except(named).Take(numbers.Count - maxVersions).ToList();
        await context.Versions.Where(r => r.FunctionId == id && old.Contains(r.Number)).ExecuteDeleteAsync(cancellation)
            .ConfigureAwait(false);
    }

    private static FunctionVersionRow ToRow(FunctionVersion version) => new()
    {
        FunctionId = version.Function,
        Number = version.Number,
        Digest = version.Module.Text,
        ModuleBytes = version.ModuleBytes,
        Settings = StateJson.Write(version.Settings),
        CreatedMs = Columns.Of(version.CreatedAt),
    };

    private static FunctionVersion ToVersion(FunctionVersionRow row) => new()
    {
        Function = row.FunctionId,
        Number = row.Number,
        Module = Digest.Parse(row.Digest),
        ModuleBytes = row.ModuleBytes,
        Settings = StateJson.ReadSettings(row.Settings),
        CreatedAt = Columns.Time(row.CreatedMs),
    };

    private static FunctionRecord ToRecord(FunctionRow row, IEnumerable<FunctionAliasRow> aliases) => new()
    {
        Id = row.Id,
        Tenant = Columns.Tenant(row.TenantId),
        Name = row.Name,
        LatestVersion = row.LatestVersion,
        Aliases = aliases.ToImmutableSortedDictionary(
            static alias => alias.Name, static alias => alias.Version, StringComparer.Ordinal),
        CreatedAt = Columns.Time(row.CreatedMs),
        UpdatedAt = Columns.Time(row.UpdatedMs),
    };
}

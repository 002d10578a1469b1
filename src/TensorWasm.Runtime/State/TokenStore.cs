using Microsoft.EntityFrameworkCore;

namespace TensorWasm.Runtime.State;

internal sealed class TokenStore(StateDatabase database) : ITokenStore
{
    public Task<TokenRecord?> FindByHashAsync(ReadOnlyMemory<byte> hash, CancellationToken cancellation = default)
    {
        var key = hash.ToArray();
        return database.ReadAsync(
            async context => await context.Tokens.AsNoTracking().FirstOrDefaultAsync(row => row.Hash == key, cancellation)
                .ConfigureAwait(false) is { } found ? ToRecord(found) : null,
            cancellation);
    }

    public Task<TokenRecord?> FindAsync(Guid id, CancellationToken cancellation = default) => database.ReadAsync(
        async context => await context.Tokens.AsNoTracking().FirstOrDefaultAsync(row => row.Id == id, cancellation)
            .ConfigureAwait(false) is { } found ? ToRecord(found) : null,
        cancellation);

    public Task<IReadOnlyList<TokenRecord>> ListAsync(
        Guid? after, int count, CancellationToken cancellation = default) =>
        database.ReadAsync<IReadOnlyList<TokenRecord>>(
            async context =>
            {
                var rows = context.Tokens.AsNoTracking();
                if (after is { } last)
                {
                    var made = await context.Tokens.Where(row => row.Id == last).Select(row => (long?)row.CreatedMs)
                        .FirstOrDefaultAsync(cancellation).ConfigureAwait(false) ?? long.MaxValue;
                    rows = rows.Where(row =>
                        row.CreatedMs > made || (row.CreatedMs == made && row.Id.CompareTo(last) > 0));
                }
                var page = await rows.OrderBy(row => row.CreatedMs).ThenBy(row => row.Id).Take(count)
                    .ToListAsync(cancellation).ConfigureAwait(false);
                return page.ConvertAll(ToRecord);
            },
            cancellation);

    public Task<bool> AddAsync(TokenRecord token, CancellationToken cancellation = default)
    {
        var hash = token.Hash.ToArray();
        return database.WriteAsync(
            async context =>
            {
                if (await context.Tokens.AnyAsync(row => row.Id == token.Id || row.Hash == hash, cancellation)
                    .ConfigureAwait(false))
                {
                    return false;
                }
                context.Tokens.Add(new TokenRow
                {
                    Id = token.Id,
                    Name = token.Name,
                    Hash = hash,
                    Tenants = token.Tenants is { } tenants ? string.Join(',', tenants) : null,
                    Actions = string.Join(',', token.Actions),
                    CreatedMs = Columns.Of(token.CreatedAt),
                    ExpiresMs = token.ExpiresAt is { } end ? Columns.Of(end) : null,
                    RevokedMs = token.RevokedAt is { } revoked ? Columns.Of(revoked) : null,
                    Replaces = token.Replaces,
                });
                return await TenantStore.SaveNewAsync(context, cancellation).ConfigureAwait(false);
            },
            cancellation);
    }

    public Task<bool> RevokeAsync(Guid id, DateTimeOffset time, CancellationToken cancellation = default)
    {
        var now = Columns.Of(time);
        return database.WriteAsync(
            async context => await context.Tokens.Where(row => row.Id == id).ExecuteUpdateAsync(
                row => row.SetProperty(r => r.RevokedMs, r => r.RevokedMs ?? now), cancellation)
                    .ConfigureAwait(false) > 0,
            cancellation);
    }

    public Task<bool> ExpireAsync(Guid id, DateTimeOffset time, CancellationToken cancellation = default)
    {
        var end = Columns.Of(time);
        return database.WriteAsync(
            async context => await context.Tokens.Where(row => row.Id == id).ExecuteUpdateAsync(
                row => row.SetProperty(
                    r => r.ExpiresMs, r => r.ExpiresMs != null && r.ExpiresMs < end ? r.ExpiresMs : end),
                cancellation).ConfigureAwait(false) > 0,
            cancellation);
    }

    private static TokenRecord ToRecord(TokenRow row) => new()
    {
        Id = row.Id,
        Name = row.Name,
        Hash = row.Hash,
        Tenants = row.Tenants is { } tenants
            ? [.. tenants.Split(',', StringSplitOptions.RemoveEmptyEntries).Select(static text => TenantId.Parse(text))]
            : null,
        Actions = row.Actions.Split(',', StringSplitOptions.RemoveEmptyEntries),
        CreatedAt = Columns.Time(row.CreatedMs),
        ExpiresAt = Columns.Time(row.ExpiresMs),
        RevokedAt = Columns.Time(row.RevokedMs),
        Replaces = row.Replaces,
    };
}

using System.Security.Cryptography;
using Microsoft.EntityFrameworkCore;
using TensorWasm.Runtime.State;

namespace TensorWasm.Runtime.Tests.State;

/// <summary>What the stores promise, on every database.</summary>
public sealed class StoreTests(PostgresServer server) : IClassFixture<PostgresServer>
{
    public static TheoryData<DatabaseKind> Databases => [DatabaseKind.Sqlite, DatabaseKind.Postgres];

    [Theory, MemberData(nameof(Databases))]
    public async Task Migrations_make_what_the_model_says(DatabaseKind kind)
    {
        // The model's own schema, without migrations, is the oracle.
        using var folder = new TestFolder();
        var migrated = await OpenAsync(kind, folder, "migrated.db");
        await using var _ = migrated.Database;
        var options = Options(kind, folder, "created.db", kind == DatabaseKind.Postgres ? await server.CreateDatabaseAsync() : "");
        await using var created = new StateContext(options);
        await created.Database.EnsureCreatedAsync();
        await using var context = new StateContext(Options(kind, folder, "migrated.db", migrated.Connection));

        var wanted = await SchemaAsync(created, kind);
        Assert.NotEmpty(wanted);
        Assert.Equal(wanted, await SchemaAsync(context, kind));
        Microsoft.Data.Sqlite.SqliteConnection.ClearAllPools();
    }

    [Theory, MemberData(nameof(Databases))]
    public async Task Tenants_of_all_64_bits_are_listed_in_order(DatabaseKind kind)
    {
        await using var state = await TestState.CreateAsync(kind, server);
        var store = (await state.OpenAsync()).Tenants;
        ulong[] numbers = [0, 1, 7, long.MaxValue, 1UL << 63, ulong.MaxValue];
        foreach (var number in numbers.Reverse())
        {
            Assert.True(await store.AddAsync(new TenantRecord
            {
                Id = new TenantId(number),
                Name = $"t{number}",
                Quota = TenantQuota.Default with { Weight = 3, QueueTime = TimeSpan.FromMilliseconds(1.5) },
            }));
        }
        Assert.False(await store.AddAsync(new TenantRecord { Id = new TenantId(7) }));

        List<ulong> listed = [];
        TenantId? last = null;
        while (await store.ListAsync(last, 2) is { Count: > 0 } page)
        {
            listed.AddRange(page.Select(static tenant => tenant.Id.Value));
            last = page[^1].Id;
        }
        Assert.Equal(numbers, listed);

        var found = await store.FindAsync(new TenantId(ulong.MaxValue));
        Assert.Equal("t18446744073709551615", found?.Name);
        Assert.Equal(TenantQuota.Default with { Weight = 3, QueueTime = TimeSpan.FromMilliseconds(1.5) }, found?.Quota);
        Assert.True(await store.UpdateAsync(found! with { Status = TenantStatus.Suspended }));
        Assert.Equal(TenantStatus.Suspended, (await store.FindAsync(found!.Id))?.Status);
        Assert.True(await store.RemoveAsync(found.Id));
        Assert.False(await store.RemoveAsync(found.Id));
    }

    [Theory, MemberData(nameof(Databases))]
    public async Task Tokens_are_found_by_their_hash_and_end_for_good(DatabaseKind kind)
    {
        await using var state = await TestState.CreateAsync(kind, server);
        var store = (await state.OpenAsync()).Tokens;
        var now = new DateTimeOffset(2026, 5, 6, 7, 8, 9, TimeSpan.Zero);
        var token = new TokenRecord
        {
            Id = Guid.NewGuid(),
            Name = "ci",
            Hash = SHA256.HashData("secret"u8),
            Tenants = [new TenantId(3), new TenantId(ulong.MaxValue)],
            Actions = ["invoke", "deploy"],
            CreatedAt = now,
            ExpiresAt = now.AddDays(1),
        };
        Assert.True(await store.AddAsync(token));
        Assert.False(await store.AddAsync(token with { Id = Guid.NewGuid() }));

        var found = await store.FindByHashAsync(SHA256.HashData("secret"u8));
        Assert.Equal(token.Tenants, found?.Tenants);
        Assert.Equal(token.Actions, found?.Actions);
        Assert.True(found!.IsValidAt(now) && !found.IsValidAt(now.AddDays(1)));
        Assert.Null(await store.FindByHashAsync(SHA256.HashData("other"u8)));

        // An end can only come nearer, and a revocation is not taken back.
        await store.ExpireAsync(token.Id, now.AddDays(2));
        Assert.Equal(now.AddDays(1), (await store.FindAsync(token.Id))?.ExpiresAt);
        await store.ExpireAsync(token.Id, now.AddHours(1));
        Assert.Equal(now.AddHours(1), (await store.FindAsync(token.Id))?.ExpiresAt);
        Assert.True(await store.RevokeAsync(token.Id, now.AddMinutes(1)));
        Assert.True(await store.RevokeAsync(token.Id, now.AddMinutes(5)));
        Assert.Equal(now.AddMinutes(1), (await store.FindAsync(token.Id))?.RevokedAt);
        Assert.False(await store.RevokeAsync(Guid.NewGuid(), now));
        Assert.Single(await store.ListAsync(null, 10));
        Assert.Empty(await store.ListAsync(token.Id, 10));
    }

    [Theory, MemberData(nameof(Databases))]
    public async Task Private_kernels_are_their_owners_alone(DatabaseKind kind)
    {
        await using var state = await TestState.CreateAsync(kind, server);
        var store = (await state.OpenAsync()).Kernels;
        TenantId mine = new(1), other = new(2);
        Assert.True(await store.AddAsync(Kernel(mine, "a", KernelVisibility.Private)));
        Assert.True(await store.AddAsync(Kernel(other, "a", KernelVisibility.Shared)));
        Assert.False(await store.AddAsync(Kernel(mine, "a", KernelVisibility.Private)));
        Assert.False(await store.AddAsync(Kernel(new TenantId(3), "a", KernelVisibility.Shared)));

        Assert.Equal(mine, (await store.ResolveAsync(mine, "a", "1"))?.Owner);
        Assert.Equal(other, (await store.ResolveAsync(new TenantId(9), "a", "1"))?.Owner);
        Assert.Null(await store.ResolveAsync(mine, "a", "2"));
        Assert.Equal(2, (await store.ListAsync(mine, 0, 10)).Count);
        Assert.Equal(other, Assert.Single(await store.ListAsync(new TenantId(9), 0, 10)).Owner);
        Assert.Equal((1, 30L), await store.MeasureAsync(mine));
        var variants = (await store.ResolveAsync(mine, "a", "1"))!.Variants;
        Assert.Equal(["sm_70", "sm_90"], variants.Select(static v => v.Architecture));
        Assert.False(await store.SetVisibilityAsync(mine, "a", "1", KernelVisibility.Shared));
        Assert.Null(await store.SetVisibilityAsync(new TenantId(3), "a", "1", KernelVisibility.Shared));
        Assert.True(await store.SetVisibilityAsync(other, "a", "1", KernelVisibility.Private));
        Assert.Null(await store.ResolveAsync(new TenantId(9), "a", "1"));
        Assert.True(await store.SetVisibilityAsync(other, "a", "1", KernelVisibility.Shared));
        Assert.False(await store.RemoveAsync(new TenantId(3), "a", "1"));
        Assert.True(await store.RemoveAsync(mine, "a", "1"));
        Assert.Equal(other, (await store.ResolveAsync(mine, "a", "1"))?.Owner);
    }

    [Theory, MemberData(nameof(Databases))]
    public async Task Usage_of_an_hour_adds_up(DatabaseKind kind)
    {
        await using var state = await TestState.CreateAsync(kind, server);
        var store = (await state.OpenAsync()).Usage;
        var hour = new DateTimeOffset(2026, 5, 6, 7, 0, 0, TimeSpan.Zero);
        var used = new UsageCounters
        {
            Requests = 2,
            Failures = 1,
            CpuTime = TimeSpan.FromMilliseconds(3),
            MemoryByteSeconds = 1.5,
            Launches = 4,
        };
        for (var i = 0; i < 3; i++)
        {
            await store.AddAsync([new UsagePeriod(new TenantId(1), hour, used), new UsagePeriod(new TenantId(2), hour, used)]);
        }
        var period = Assert.Single(await store.ReadAsync(new TenantId(1), hour, hour.AddHours(1)));
        Assert.Equal(used + used + used, period.Counters);
        Assert.Empty(await store.ReadAsync(new TenantId(1), hour.AddHours(1), hour.AddHours(2)));
    }

    [Theory, MemberData(nameof(Databases))]
    public async Task The_audit_chain_has_no_gap_and_shows_every_change(DatabaseKind kind)
    {
        await using var state = await TestState.CreateAsync(kind, server);
        var store = (await state.OpenAsync()).Audit;
        var now = DateTimeOffset.UtcNow;
        await Task.WhenAll(Enumerable.Range(0, 50).Select(i => Task.Run(() => store.AppendAsync(
            [new AuditEntry(now, new TenantId((ulong)i % 3), $$"""{"n":{{i}}}"""), new AuditEntry(now, null, "{}")]))));

        var verified = await store.VerifyAsync();
        Assert.True(verified.IsWhole);
        Assert.Equal(100, verified.Records);
        Assert.Equal((await store.LastAsync())!.Hash.ToArray(), verified.LastHash.ToArray());
        var records = await store.ReadAsync(0, 1000);
        Assert.Equal(Enumerable.Range(1, 100).Select(static i => (long)i), records.Select(static r => r.Sequence));
        Assert.Equal(17, (await store.ReadAsync(0, 1000, new TenantId(0))).Count);
        Assert.True(AuditChain.Follows(records[41], records[40]));
        Assert.False(AuditChain.Follows(records[41] with { Body = "{ }" }, records[40]));
        Assert.False(AuditChain.Follows(records[41] with { Tenant = new TenantId(77) }, records[40]));
        Assert.False(AuditChain.Follows(records[41] with { Time = now.AddSeconds(1) }, records[40]));
        Assert.False(AuditChain.Follows(records[42], records[40]));
    }

    private static KernelRecord Kernel(TenantId owner, string name, KernelVisibility visibility) => new()
    {
        Id = Guid.NewGuid(),
        Owner = owner,
        Name = name,
        Version = "1",
        Visibility = visibility,
        Manifest = "{}",
        Variants = [new("sm_90", Digest.Of("a"u8), 10), new("sm_70", Digest.Of("b"u8), 20)],
        CreatedAt = DateTimeOffset.UnixEpoch,
    };

    private async Task<(StateDatabase Database, string Connection)> OpenAsync(DatabaseKind kind, TestFolder folder, string file)
    {
        if (kind == DatabaseKind.Sqlite)
        {
            return (await StateDatabase.OpenSqliteAsync(Path.Combine(folder.Path, file), default), "");
        }
        var connection = await server.CreateDatabaseAsync();
        return (await StateDatabase.OpenPostgresAsync(connection, default), connection);
    }

    private static DbContextOptions<StateContext> Options(
        DatabaseKind kind, TestFolder folder, string file, string connection)
    {
        var builder = new DbContextOptionsBuilder<StateContext>();
        return kind == DatabaseKind.Sqlite
            ? builder.UseSqlite($"Data Source={Path.Combine(folder.Path, file)}").Options
            : builder.UseNpgsql(connection).Options;
    }

    /// <summary>Tables, columns with types, indexes and constraints, as the database itself describes them.</summary>
    private static async Task<List<string>> SchemaAsync(StateContext context, DatabaseKind kind)
    {
        var query = kind == DatabaseKind.Sqlite
            ? """
              SELECT m.type || ' ' || m.name || ' ' || coalesce(group_concat(c.name || ' ' || c.type || ' ' || c."notnull" || ' ' || c.pk, ','), '')
                || ' ' || CASE WHEN m.type = 'index' THEN coalesce(m.sql, '') ELSE '' END
                || coalesce((SELECT group_concat(f."table" || f."from" || f."to" || f.on_delete) FROM pragma_foreign_key_list(m.name) f), '') AS "Value"
              FROM sqlite_master m LEFT JOIN pragma_table_info(m.name) c ON m.type = 'table'
              WHERE m.name NOT LIKE '\_\_EF%' ESCAPE '\' AND m.name NOT LIKE 'sqlite\_%' ESCAPE '\' GROUP BY m.name ORDER BY 1
              """
            : """
              SELECT table_name || ' ' || column_name || ' ' || data_type || ' ' || is_nullable || ' '
                || coalesce(character_maximum_length, 0) || ' ' || coalesce(is_identity, '') || coalesce(column_default, '') AS "Value"
              FROM information_schema.columns WHERE table_schema = 'public' AND table_name NOT LIKE '\_\_EF%'
              UNION ALL SELECT indexdef FROM pg_indexes WHERE schemaname = 'public' AND tablename NOT LIKE '\_\_EF%'
              UNION ALL SELECT conname || ' ' || pg_get_constraintdef(oid) FROM pg_constraint
                WHERE connamespace = 'public'::regnamespace AND conrelid::regclass::text NOT LIKE '%\_\_EF%' AND contype <> 'n'
              ORDER BY 1
              """;
        return await context.Database.SqlQueryRaw<string>(query).ToListAsync();
    }
}

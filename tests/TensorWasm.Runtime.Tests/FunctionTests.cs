namespace TensorWasm.Runtime.Tests;

/// <summary>Deploying, versions, aliases and quotas, on every database.</summary>
public sealed class FunctionTests(PostgresServer server) : IClassFixture<PostgresServer>
{
    private static readonly TenantId Mine = new(1);

    public static TheoryData<DatabaseKind> Databases => [DatabaseKind.Sqlite, DatabaseKind.Postgres];

    [Theory, MemberData(nameof(Databases))]
    public async Task Versions_and_aliases_outlive_the_process(DatabaseKind kind)
    {
        await using var state = await TestState.CreateAsync(kind, server);
        Guid function;
        await using (var runtime = await state.OpenAsync())
        {
            function = await runtime.DeployAsync(Guests.Constant(1), Mine, name: "größe ✓");
            Assert.Equal(1, (await runtime.CallAsync(function, tenant: Mine)).Results[0].Int32);
            var updated = await runtime.Functions.UpdateAsync(
                new UpdateRequest { Tenant = Mine, Function = function, Module = Guests.Constant(2) });
            Assert.True(updated.Value.IsNew);
            Assert.Equal(2, updated.Value.Version.Number);
            Assert.True((await runtime.Functions.SetAliasAsync(Mine, function, "stable", 1)).Succeeded);

            // The same again is no new version; new settings are.
            var same = await runtime.Functions.UpdateAsync(
                new UpdateRequest { Tenant = Mine, Function = function, Module = Guests.Constant(2) });
            Assert.False(same.Value.IsNew);
            var settings = FunctionSettings.Default with { Capabilities = FunctionCapabilities.None };
            var third = await runtime.Functions.UpdateAsync(
                new UpdateRequest { Tenant = Mine, Function = function, Settings = settings, Name = "renamed" });
            Assert.Equal(3, third.Value.Version.Number);
            Assert.Equal("renamed", third.Value.Function.Name);
        }

        await using var reopened = await state.OpenAsync();
        Assert.Equal(2, (await reopened.CallAsync(function, tenant: Mine)).Results[0].Int32);
        Assert.Equal(1, (await reopened.CallAsync(new FunctionReference(function, "stable"), tenant: Mine)).Results[0].Int32);
        Assert.Equal(1, (await reopened.CallAsync(new FunctionReference(function, "1"), tenant: Mine)).Results[0].Int32);
        Assert.Equal([3, 2, 1], (await reopened.Functions.ListVersionsAsync(Mine, function)).Value.Select(static v => v.Number));
        Assert.Equal(
            FunctionCapabilities.None,
            (await reopened.Functions.FindVersionAsync(Mine, function)).Value.Settings.Capabilities);
        Assert.Equal(
            RuntimeErrorKind.VersionNotFound, (await reopened.CallAsync(new FunctionReference(function, "4"), tenant: Mine)).Error?.Kind);
        Assert.Equal(
            RuntimeErrorKind.VersionNotFound, (await reopened.CallAsync(new FunctionReference(function, "no"), tenant: Mine)).Error?.Kind);
        Assert.Equal(
            Guests.Constant(1).ToArray(), (await reopened.Functions.ReadModuleAsync(Mine, new FunctionReference(function, "stable"))).Value);
    }

    [Theory, MemberData(nameof(Databases))]
    public async Task Another_tenants_function_is_not_found(DatabaseKind kind)
    {
        await using var state = await TestState.CreateAsync(kind, server);
        var runtime = await state.OpenAsync();
        TenantId other = new(2);
        var function = await runtime.DeployAsync(Guests.Constant(1), Mine);
        Assert.True((await runtime.CallAsync(function, tenant: Mine)).Succeeded);

        var missing = await runtime.CallAsync(Guid.NewGuid(), tenant: other);
        var theirs = await runtime.CallAsync(function, tenant: other);
        Assert.Equal(missing.Error, theirs.Error);
        Assert.Equal(RuntimeErrorKind.FunctionNotFound, theirs.Error?.Kind);
        Assert.Equal(missing.Error, (await runtime.Functions.FindAsync(other, function)).Error);
        Assert.Equal(missing.Error, (await runtime.Functions.RemoveAsync(other, function)).Error);
        Assert.Equal(missing.Error, (await runtime.Functions.ListVersionsAsync(other, function)).Error);
        Assert.Equal(missing.Error, (await runtime.Functions.SetAliasAsync(other, function, "a", 1)).Error);
        Assert.Equal(missing.Error, (await runtime.Functions.UpdateAsync(
            new UpdateRequest { Tenant = other, Function = function, Name = "x" })).Error);
        Assert.Equal(missing.Error, (await runtime.Jobs.SubmitAsync(
            new JobRequest { Tenant = other, Function = function })).Error);
        Assert.Empty((await runtime.Functions.ListAsync(other)).Value);

        Assert.True((await runtime.Functions.RemoveAsync(Mine, function)).Succeeded);
        Assert.Equal(missing.Error, (await runtime.Functions.RemoveAsync(Mine, function)).Error);
        Assert.Equal(missing.Error, (await runtime.CallAsync(function, tenant: Mine)).Error);
    }

    [Theory, MemberData(nameof(Databases))]
    public async Task Quotas_bound_what_a_tenant_stores(DatabaseKind kind)
    {
        await using var state = await TestState.CreateAsync(kind, server);
        var runtime = await state.OpenAsync();
        var size = Guests.Constant(1).Length;
        var quota = TenantQuota.Default with { MaxFunctions = 2, MaxVersions = 3, MaxStorageBytes = (size * 5) + 2, MaxModuleBytes = size + 1 };
        await runtime.Tenants.AddAsync(new TenantRecord { Id = Mine, Quota = quota });

        Assert.Equal(RuntimeErrorKind.ModuleTooLarge, (await Deploy(Guests.Constant(100))).Error?.Kind);
        var first = (await Deploy(Guests.Constant(1))).Value.Function.Id;
        var second = (await Deploy(Guests.Constant(2))).Value.Function.Id;
        Assert.Equal(RuntimeErrorKind.QuotaExceeded, (await Deploy(Guests.Constant(3))).Error?.Kind);

        // Old versions make room, but for one that an alias names.
        Assert.True((await Update(first, 3)).Succeeded);
        Assert.True((await runtime.Functions.SetAliasAsync(Mine, first, "keep", 1)).Succeeded);
        Assert.True((await Update(first, 4)).Succeeded);
        Assert.True((await Update(first, 5)).Succeeded);
        Assert.Equal([4, 3, 1], (await runtime.Functions.ListVersionsAsync(Mine, first)).Value.Select(static v => v.Number));

        // Four modules are stored; five fit.
        Assert.True((await Update(second, 6)).Succeeded);
        Assert.Equal(RuntimeErrorKind.QuotaExceeded, (await Update(second, 7)).Error?.Kind);
        Assert.Equal(5 * size, await runtime.MeasureStorageAsync(Mine));
        Assert.True((await runtime.Functions.RemoveAsync(Mine, first)).Succeeded);
        Assert.True((await Update(second, 7)).Succeeded);

        Task<Outcome<Deployment>> Deploy(ReadOnlyMemory<byte> module) =>
            runtime.Functions.DeployAsync(new DeployRequest { Tenant = Mine, Name = "f", Module = module });
        Task<Outcome<Deployment>> Update(Guid function, int number) => runtime.Functions.UpdateAsync(
            new UpdateRequest { Tenant = Mine, Function = function, Module = Guests.Constant(number) });
    }

    [Theory, MemberData(nameof(Databases))]
    public async Task Deploying_says_what_is_wrong(DatabaseKind kind)
    {
        await using var state = await TestState.CreateAsync(kind, server);
        var runtime = await state.OpenAsync();
        Assert.Equal(RuntimeErrorKind.InvalidModule, (await Deploy("(module (func (result i32)))")).Error?.Kind);
        Assert.Equal(RuntimeErrorKind.InvalidModule, (await Deploy("junk")).Error?.Kind);
        Assert.Equal(RuntimeErrorKind.InvalidName, (await Deploy("(module)", name: "")).Error?.Kind);
        Assert.Equal(RuntimeErrorKind.InvalidName, (await Deploy("(module)", name: new string('x', 129))).Error?.Kind);
        Assert.Equal(RuntimeErrorKind.InvalidName, (await Deploy("(module)", name: "a\nb")).Error?.Kind);
        var greedy = FunctionSettings.Default with { Limits = new FunctionLimits { MemoryBytes = long.MaxValue } };
        Assert.Equal(RuntimeErrorKind.InvalidSettings, (await Deploy("(module)", settings: greedy)).Error?.Kind);
        Assert.Empty((await runtime.Functions.ListAsync(Mine)).Value);

        var deployed = (await Deploy("(module)", reuse: true)).Value;
        Assert.True(deployed.IsNew);
        Assert.Equal(deployed.Function.Id, (await Deploy("(module)", reuse: true)).Value.Function.Id);
        Assert.NotEqual(deployed.Function.Id, (await Deploy("(module)")).Value.Function.Id);
        Assert.Equal(RuntimeErrorKind.InvalidName, (await runtime.Functions.SetAliasAsync(Mine, deployed.Function.Id, "1", 1)).Error?.Kind);

        await runtime.Tenants.AddAsync(new TenantRecord { Id = Mine, Status = TenantStatus.Suspended });
        Assert.Equal(RuntimeErrorKind.TenantSuspended, (await Deploy("(module)")).Error?.Kind);
        Assert.Equal(RuntimeErrorKind.TenantSuspended, (await runtime.CallAsync(deployed.Function.Id, tenant: Mine)).Error?.Kind);

        Task<Outcome<Deployment>> Deploy(
            string wat, string name = "f", FunctionSettings? settings = null, bool reuse = false) =>
            runtime.Functions.DeployAsync(new DeployRequest
            {
                Tenant = Mine,
                Name = name,
                Module = Guests.Text(wat),
                Settings = settings ?? FunctionSettings.Default,
                ReuseIdentical = reuse,
            });
    }
}

namespace TensorWasm.Runtime.Tests;

/// <summary>A database that goes away and comes back.</summary>
public sealed class OutageTests(PostgresServer server) : IClassFixture<PostgresServer>
{
    private static readonly TenantId Mine = new(1);

    [Fact]
    public async Task What_is_known_goes_on_and_what_can_not_be_kept_is_refused()
    {
        await using var state = await TestState.CreateAsync(DatabaseKind.Postgres, server);
        Assert.SkipUnless(server.IsOwn, "the PostgreSQL server is not this run's own to stop");
        var runtime = await state.OpenAsync();
        var add = await runtime.DeployAsync(Guests.Add, Mine);
        var loop = await runtime.DeployAsync(Guests.Loop, Mine);
        Assert.True((await runtime.CallAsync(add, [1, 2], Mine)).Succeeded);
        var job = (await runtime.Jobs.SubmitAsync(
            new JobRequest { Tenant = Mine, Function = loop, Deadline = TimeSpan.FromSeconds(1) })).Value.Job.Id;
        while ((await runtime.Jobs.FindAsync(Mine, job)).Value.Status == JobStatus.Pending) await Task.Delay(5);

        await server.StopAsync();
        Assert.Equal(3, (await runtime.CallAsync(add, [1, 2], Mine)).Results[0].Int32);
        Assert.Equal(RuntimeErrorKind.StateUnavailable, (await runtime.CallAsync(Guid.NewGuid(), tenant: Mine)).Error?.Kind);
        Assert.Equal(RuntimeErrorKind.StateUnavailable, (await runtime.Functions.DeployAsync(
            new DeployRequest { Tenant = Mine, Name = "f", Module = Guests.Constant(1) })).Error?.Kind);
        Assert.Equal(RuntimeErrorKind.StateUnavailable, (await runtime.Jobs.SubmitAsync(
            new JobRequest { Tenant = Mine, Function = add, Arguments = [1, 2] })).Error?.Kind);
        await Assert.ThrowsAsync<StateUnavailableException>(
            () => runtime.Audit.AppendAsync([new AuditEntry(DateTimeOffset.UtcNow, null, "{}")]));
        // The job ends while its end can't be stored.
        await Task.Delay(1500);

        await server.StartAsync();
        Assert.Equal(RuntimeErrorKind.DeadlineExceeded, (await runtime.WaitAsync(job, Mine)).Error?.Kind);
        Assert.NotEqual(Guid.Empty, await runtime.DeployAsync(Guests.Constant(1), Mine));
        await runtime.Audit.AppendAsync([new AuditEntry(DateTimeOffset.UtcNow, null, "{}")]);
        Assert.Equal(1, (await runtime.Audit.VerifyAsync()).Records);
        Assert.Equal(2, (await runtime.Functions.ListAsync(Mine)).Value.Count(static f => f.LatestVersion == 1) - 1);
    }
}

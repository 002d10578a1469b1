namespace TensorWasm.Runtime.Tests;

public sealed class RuntimeThreadsTests
{
    /// <summary>Guests that loop hold their threads, and nobody else's.</summary>
    [Fact]
    public async Task Guests_that_loop_do_not_hold_up_another_tenant()
    {
        await using var state = await TestState.CreateAsync(DatabaseKind.Sqlite, null);
        var runtime = await state.OpenAsync();
        TenantId loud = new(1), quiet = new(2);
        var loop = await runtime.DeployAsync(Guests.Loop, loud);
        var add = await runtime.DeployAsync(Guests.Add, quiet);
        Assert.True((await runtime.CallAsync(add, [1, 2], quiet)).Succeeded);
        using var cancellation = new CancellationTokenSource();
        var loops = Enumerable.Range(0, 300).Select(_ => Task.Run(() =>
            runtime.CallAsync(loop, tenant: loud, cancellation: cancellation.Token).AsTask())).ToArray();
        while (runtime.Gauges.RunningInvocations < TenantQuota.Default.MaxConcurrentInvocations) await Task.Delay(5);

        for (var i = 0; i < 20; i++)
        {
            var start = Environment.TickCount64;
            var result = await Task.Run(() => runtime.CallAsync(add, [i, 2], quiet).AsTask());
            Assert.Equal(i + 2, result.Results[0].Int32);
            // Far below the time that the pool takes to add so many threads, one or two a second.
            Assert.InRange(Environment.TickCount64 - start, 0, 30_000);
        }
        var usage = runtime.MeasureTenants().Single(u => u.Tenant == loud);
        Assert.Equal(TenantQuota.Default.MaxConcurrentInvocations, usage.RunningInvocations);
        await cancellation.CancelAsync();
        foreach (var result in await Task.WhenAll(loops))
        {
            Assert.True(result.Error?.Kind
                is RuntimeErrorKind.Cancelled or RuntimeErrorKind.QueueFull or RuntimeErrorKind.QueueTimeout);
        }
    }
}

namespace TensorWasm.Runtime.Tests;

/// <summary>Who runs next, under a clock that the test turns.</summary>
public sealed class AdmissionTests
{
    private readonly TestTime _time = new();

    [Fact]
    public async Task A_tenant_has_its_places_and_its_queue_and_no_more()
    {
        var control = new AdmissionControl(100, long.MaxValue, _time);
        var quota = TenantQuota.Default with { MaxConcurrentInvocations = 2, MaxQueuedInvocations = 1 };
        var lane = new AdmissionLane();
        var first = (await control.EnterAsync(lane, quota, 10, default)).Value;
        (await control.EnterAsync(lane, quota, 10, default)).Value.GetHashCode();
        var third = control.EnterAsync(lane, quota, 10, default);
        Assert.False(third.IsCompleted);
        Assert.Equal(RuntimeErrorKind.QueueFull, (await control.EnterAsync(lane, quota, 10, default)).Error?.Kind);
        Assert.Equal((2, 1, 20), control.Measure(lane));
        // Another tenant does not wait for that.
        Assert.True((await control.EnterAsync(new AdmissionLane(), quota, 10, default)).Succeeded);

        first.Dispose();
        Assert.True((await third).Succeeded);
        Assert.Equal((2, 0, 20), control.Measure(lane));
    }

    [Fact]
    public async Task Memory_that_guests_may_grow_to_is_reserved()
    {
        var control = new AdmissionControl(100, 100, _time);
        var quota = TenantQuota.Default with { MaxMemoryBytes = 60 };
        AdmissionLane one = new(), two = new();
        var place = (await control.EnterAsync(one, quota, 50, default)).Value;
        var second = control.EnterAsync(one, quota, 50, default);
        Assert.False(second.IsCompleted);
        Assert.Equal(RuntimeErrorKind.QuotaExceeded, (await control.EnterAsync(one, quota, 61, default)).Error?.Kind);
        Assert.True((await control.EnterAsync(two, quota, 50, default)).Succeeded);
        place.Dispose();
        Assert.True((await second).Succeeded);
    }

    [Fact]
    public async Task Waiting_ends_by_time_cancellation_or_the_end()
    {
        var control = new AdmissionControl(1, long.MaxValue, _time);
        var quota = TenantQuota.Default with { QueueTime = TimeSpan.FromSeconds(2) };
        var lane = new AdmissionLane();
        var place = (await control.EnterAsync(lane, quota, 0, default)).Value;
        var late = control.EnterAsync(lane, quota, 0, default);
        using var cancellation = new CancellationTokenSource();
        var cancelled = control.EnterAsync(new AdmissionLane(), quota, 0, cancellation.Token);
        cancellation.Cancel();
        Assert.Equal(RuntimeErrorKind.Cancelled, (await cancelled).Error?.Kind);
        _time.Advance(TimeSpan.FromSeconds(1.9));
        Assert.False(late.IsCompleted);
        _time.Advance(TimeSpan.FromSeconds(0.2));
        Assert.Equal(RuntimeErrorKind.QueueTimeout, (await late).Error?.Kind);
        Assert.Equal(0, control.Queued);

        var last = control.EnterAsync(lane, quota, 0, default);
        var closing = control.CloseAsync();
        Assert.Equal(RuntimeErrorKind.ShuttingDown, (await last).Error?.Kind);
        Assert.Equal(RuntimeErrorKind.ShuttingDown, (await control.EnterAsync(lane, quota, 0, default)).Error?.Kind);
        Assert.False(closing.IsCompleted);
        place.Dispose();
        await closing;
    }

    /// <summary>
    /// Shares of time, whatever an invocation of each takes: by weight, and a flood delays itself alone.
    /// </summary>
    [Theory]
    [InlineData(1, 10, 10)]
    [InlineData(3, 10, 10)]
    [InlineData(1, 50, 10)]
    [InlineData(2, 10, 50)]
    public async Task Time_is_shared_by_weight(int weight, int milliseconds, int otherMilliseconds)
    {
        const int Places = 4;
        var control = new AdmissionControl(Places, long.MaxValue, _time);
        var quotas = new[] { weight, 1 }
            .Select(static w => TenantQuota.Default with
            {
                Weight = w,
                MaxConcurrentInvocations = Places,
                QueueTime = TimeSpan.FromHours(1),
            }).ToArray();
        AdmissionLane[] lanes = [new(), new()];
        int[] cost = [milliseconds, otherMilliseconds];
        var used = new double[2];
        List<(int Tenant, Task<Outcome<AdmissionPlace>> Wait)> waiting = [];
        List<(int Tenant, AdmissionPlace Place, int Left)> running = [];
        // The first tenant's flood is there already when the second one comes.
        for (var i = 0; i < 40; i++) Enter(0);
        for (var i = 0; i < 40; i++) Enter(1);
        for (var tick = 0; tick < 4000; tick++)
        {
            foreach (var entered in waiting.FindAll(static w => w.Wait.IsCompleted))
            {
                waiting.Remove(entered);
                running.Add((entered.Tenant, (await entered.Wait).Value, cost[entered.Tenant]));
            }
            _time.Advance(TimeSpan.FromMilliseconds(1));
            for (var i = running.Count - 1; i >= 0; i--)
            {
                var (tenant, place, left) = running[i];
                if (tick > 500) used[tenant]++;
                running[i] = (tenant, place, left - 1);
                if (left > 1) continue;
                running.RemoveAt(i);
                place.Dispose();
                Enter(tenant);
            }
            // Continuations of those who were admitted run on other threads.
            await WaitForAsync(() => running.Count + waiting.Count(static w => w.Wait.IsCompleted) == Places);
        }
        Assert.InRange(used[0] / used[1], weight * 0.85, weight * 1.15);

        void Enter(int tenant) =>
            waiting.Add((tenant, control.EnterAsync(lanes[tenant], quotas[tenant], 0, default).AsTask()));
    }

    private static async Task WaitForAsync(Func<bool> condition)
    {
        for (var i = 0; !condition(); i++)
        {
            Assert.True(i < 10_000, "nobody was admitted");
            if (i < 100) await Task.Yield();
            else await Task.Delay(1);
        }
    }
}

namespace TensorWasm.Gpu.Tests;

/// <summary>Quotas at their edges, by a clock that stands still.</summary>
public sealed class GpuTenantTests
{
    [Fact]
    public void Memory_can_be_taken_up_to_the_last_byte_and_no_further()
    {
        var tenant = new GpuTenant("t", new GpuQuota { MemoryBytes = 1000 });
        tenant.TakeMemory(600, "a buffer");
        var refused = Assert.Throws<GpuException>(() => tenant.TakeMemory(401, "a buffer"));
        Assert.Equal(GpuErrorCode.QuotaExceeded, refused.Code);
        Assert.Contains("400 of 1000", refused.Message, StringComparison.Ordinal);
        tenant.TakeMemory(400, "a buffer");
        tenant.GiveMemory(600);
        Assert.Equal((400, 1000), (tenant.Usage.MemoryBytes, tenant.Usage.PeakMemoryBytes));
        Assert.Throws<GpuException>(() => tenant.TakeMemory(long.MaxValue, "a buffer"));
    }

    [Fact]
    public void Launches_come_back_with_time_one_second_of_them_at_once()
    {
        var clock = new Clock();
        var tenant = new GpuTenant("t", new GpuQuota { LaunchesPerSecond = 10 }, clock);
        for (var i = 0; i < 10; i++)
        {
            tenant.TakeLaunches(1);
        }
        Assert.Equal(GpuErrorCode.QuotaExceeded, Assert.Throws<GpuException>(() => tenant.TakeLaunches(1)).Code);
        clock.Advance(TimeSpan.FromMilliseconds(250));
        tenant.TakeLaunches(2);
        Assert.Throws<GpuException>(() => tenant.TakeLaunches(1));
        clock.Advance(TimeSpan.FromHours(1));
        Assert.Throws<GpuException>(() => tenant.TakeLaunches(11));
        tenant.TakeLaunches(10);
    }

    [Fact]
    public void Device_time_is_owed_and_paid_off()
    {
        var clock = new Clock();
        var tenant = new GpuTenant("t", new GpuQuota { TimePerSecond = TimeSpan.FromMilliseconds(100) }, clock);
        tenant.TakeLaunches(1);
        tenant.Count(null, 1, 300_000_000); // 300 ms: 200 in debt
        Assert.Throws<GpuException>(() => tenant.TakeLaunches(1));
        clock.Advance(TimeSpan.FromSeconds(1.9));
        Assert.Throws<GpuException>(() => tenant.TakeLaunches(1));
        clock.Advance(TimeSpan.FromSeconds(0.2));
        tenant.TakeLaunches(1);
        Assert.Equal(TimeSpan.FromMilliseconds(300), tenant.Usage.DeviceTime);
    }

    private sealed class Clock : TimeProvider
    {
        private long _ticks;

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override long GetTimestamp() => _ticks;

        internal void Advance(TimeSpan time) => _ticks += time.Ticks;
    }
}

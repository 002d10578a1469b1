namespace TensorWasm.Engine.Tests;

public sealed class WatchdogTests
{
    /// <summary>A server sets a deadline for each request, most of which end long before it.</summary>
    [Fact]
    public void A_deadline_that_is_taken_back_leaves_nothing()
    {
        using var store = new Store(new WasmEngine());
        var others = Watchdog.Count;
        for (var i = 0; i < 10_000; i++) store.InterruptAfter(TimeSpan.FromHours(1 + i % 7)).Dispose();

        // Other tests may be waiting for deadlines of their own.
        Assert.InRange(Watchdog.Count - others, -100, 100);
    }

    [Fact]
    public void Deadlines_fire_in_their_order_whatever_the_order_they_were_set_in()
    {
        var engine = new WasmEngine();
        int[] times = [60, 5, 120, 30, 5];
        var stores = times.Select(_ => new Store(engine)).ToArray();
        var fired = new List<int>();
        for (var i = 0; i < times.Length; i++)
        {
            var time = times[i];
            stores[i].Interrupted.Register(() =>
            {
                lock (fired) fired.Add(time);
            });
            stores[i].InterruptAfter(TimeSpan.FromMilliseconds(time));
        }
        Assert.True(SpinWait.SpinUntil(
            () =>
            {
                lock (fired) return fired.Count == times.Length;
            },
            TimeSpan.FromSeconds(20)));
        Assert.Equal(times.Order(), fired);
        foreach (var store in stores) store.Dispose();
    }
}

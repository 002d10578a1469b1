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
        // Between which two moments each is due: setting it takes a time of its own.
        var due = new (long From, long To)[times.Length];
        var fired = new List<int>();
        for (var i = 0; i < times.Length; i++)
        {
            var number = i;
            stores[i].Interrupted.Register(() =>
            {
                lock (fired) fired.Add(number);
            });
            due[i].From = Environment.TickCount64 + times[i];
            stores[i].InterruptAfter(TimeSpan.FromMilliseconds(times[i]));
            due[i].To = Environment.TickCount64 + times[i];
        }
        Assert.True(SpinWait.SpinUntil(
            () =>
            {
                lock (fired) return fired.Count == times.Length;
            },
            TimeSpan.FromSeconds(20)));
        Assert.All(fired.Zip(fired.Skip(1)), pair => Assert.True(due[pair.First].From <= due[pair.Second].To, string.Join(' ', fired)));
        foreach (var store in stores) store.Dispose();
    }
}

namespace TensorWasm.Host.Tests;

/// <summary><c>wasi:scheduler</c> against a clock that the test sets.</summary>
public sealed class SchedulerTests
{
    private const string Module = "wasi:scheduler/host@0.1.0";

    [Fact]
    public void Without_a_deadline_there_is_any_time()
    {
        using var guest = new TestGuest(null);
        guest.Context.BeginInvocation();
        Assert.Equal(0, guest.CallIn(Module, "yield"));
        Assert.Equal(-1, guest.CallIn(Module, "deadline-remaining-ms"));
    }

    [Fact]
    public void A_deadline_comes_nearer_and_passes()
    {
        var clock = new ManualClock();
        using var guest = new TestGuest(null, c => c with { Time = clock, Capabilities = HostCapabilities.None });
        guest.Context.BeginInvocation(TimeSpan.FromMilliseconds(100));
        Assert.Equal((0, 100), (guest.CallIn(Module, "yield"), guest.CallIn(Module, "deadline-remaining-ms")));
        clock.Advance(TimeSpan.FromMilliseconds(89.5));
        Assert.Equal((0, 10), (guest.CallIn(Module, "yield"), guest.CallIn(Module, "deadline-remaining-ms")));
        clock.Advance(TimeSpan.FromMilliseconds(1));
        Assert.Equal((1, 9), (guest.CallIn(Module, "yield"), guest.CallIn(Module, "deadline-remaining-ms")));
        clock.Advance(TimeSpan.FromMilliseconds(9.5));
        Assert.Equal((2, 0), (guest.CallIn(Module, "yield"), guest.CallIn(Module, "deadline-remaining-ms")));
        clock.Advance(TimeSpan.FromHours(1));
        Assert.Equal((2, 0), (guest.CallIn(Module, "yield"), guest.CallIn(Module, "deadline-remaining-ms")));
        guest.Context.BeginInvocation(TimeSpan.FromDays(1000));
        Assert.Equal((0, -2), (guest.CallIn(Module, "yield"), guest.CallIn(Module, "deadline-remaining-ms")));
    }
}

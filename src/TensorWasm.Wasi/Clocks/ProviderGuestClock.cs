namespace TensorWasm.Wasi;

/// <summary>
/// Clocks and timers of an injected <see cref="TimeProvider"/>. Monotonic and CPU time count from the moment that
/// the context was made.
/// </summary>
internal sealed class ProviderGuestClock(TimeProvider provider) : GuestClock
{
    private static readonly TimeSpan LongestTimer = TimeSpan.FromDays(1);

    private readonly long _start = provider.GetTimestamp();

    public override ulong GetTime(ClockId clock)
    {
        if (clock == ClockId.Realtime)
            return (ulong)Math.Max((provider.GetUtcNow() - DateTimeOffset.UnixEpoch).Ticks, 0) * 100;
        ulong elapsed = (ulong)Math.Max(provider.GetTimestamp() - _start, 0);
        return (ulong)((UInt128)elapsed * 1_000_000_000 / (ulong)provider.TimestampFrequency);
    }

    public override ulong GetResolution(ClockId clock) => clock == ClockId.Realtime
        ? 100
        : Math.Max(1_000_000_000UL / (ulong)provider.TimestampFrequency, 1);

    public override ulong? Arm(ulong nanoseconds, Waiter waiter, out IDisposable? timer)
    {
        TimeSpan due = nanoseconds / 100 >= (ulong)LongestTimer.Ticks
            ? LongestTimer
            : TimeSpan.FromTicks((long)((nanoseconds + 99) / 100));
        timer = provider.CreateTimer(
            static waiter => ((Waiter)waiter!).Wake(), waiter, due, Timeout.InfiniteTimeSpan);
        return null;
    }
}

namespace TensorWasm.Wasi;

/// <summary>The clocks that a guest was granted. Times are in nanoseconds.</summary>
internal abstract class GuestClock
{
    /// <summary>The clock's time now.</summary>
    public abstract ulong GetTime(ClockId clock);

    /// <summary>The clock's resolution, never 0.</summary>
    public abstract ulong GetResolution(ClockId clock);

    /// <summary>
    /// How a wait for <paramref name="nanoseconds"/> of this clock ends: by the host's own timeout, which is
    /// answered, or, with null, by a timer that wakes the waiter and is held in <paramref name="timer"/>.
    /// </summary>
    public abstract ulong? Arm(ulong nanoseconds, Waiter waiter, out IDisposable? timer);
}

namespace TensorWasm.Wasi;

/// <summary>
/// The host's clocks (clock_gettime(2)). Both CPU-time clocks tell the time that the guest's threads used while
/// they called: the process's own clock would show a guest what its neighbours do.
/// </summary>
internal sealed class SystemGuestClock : GuestClock
{
    private readonly Lock _lock = new();
    private int _thread;
    private ulong _threadTime;
    private ulong _used;

    public override ulong GetTime(ClockId clock) => clock switch
    {
        ClockId.Realtime => Posix.GetTime(Posix.ClockRealtime),
        ClockId.Monotonic => Posix.GetTime(Posix.ClockMonotonic),
        _ => GetCpuTime(),
    };

    public override ulong GetResolution(ClockId clock) => Posix.GetResolution(clock switch
    {
        ClockId.Realtime => Posix.ClockRealtime,
        ClockId.Monotonic => Posix.ClockMonotonic,
        _ => Posix.ClockThreadCpuTime,
    });

    public override ulong? Arm(ulong nanoseconds, Waiter waiter, out IDisposable? timer)
    {
        timer = null;
        return nanoseconds;
    }

    /// <summary>Adds up over the threads that a guest's calls come from, so that it never runs backwards.</summary>
    private ulong GetCpuTime()
    {
        ulong now = Posix.GetTime(Posix.ClockThreadCpuTime);
        int thread = Environment.CurrentManagedThreadId;
        lock (_lock)
        {
            if (thread == _thread)
                _used += now - _threadTime;
            _thread = thread;
            _threadTime = now;
            return _used;
        }
    }
}

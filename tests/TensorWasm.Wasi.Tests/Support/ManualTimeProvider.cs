namespace TensorWasm.Wasi.Tests.Support;

/// <summary>A clock that moves when told, at an odd frequency so that ticks and time cannot be confused.</summary>
internal sealed class ManualTimeProvider : TimeProvider
{
    private readonly Lock _lock = new();
    private readonly List<ManualTimer> _timers = [];
    private TimeSpan _elapsed;

    public static DateTimeOffset Start { get; } = new(2001, 2, 3, 4, 5, 6, TimeSpan.Zero);

    public override long TimestampFrequency => 3_000_000;

    /// <summary>Timers that wait.</summary>
    public int Waiting
    {
        get
        {
            lock (_lock)
                return _timers.Count;
        }
    }

    public override DateTimeOffset GetUtcNow()
    {
        lock (_lock)
            return Start + _elapsed;
    }

    public override long GetTimestamp()
    {
        lock (_lock)
            return _elapsed.Ticks * 3 / 10;
    }

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        lock (_lock)
        {
            ManualTimer timer = new(this, callback, state, _elapsed + dueTime);
            _timers.Add(timer);
            return timer;
        }
    }

    public void Advance(TimeSpan by)
    {
        List<ManualTimer> due;
        lock (_lock)
        {
            _elapsed += by;
            due = [.. _timers.Where(timer => timer.Due <= _elapsed)];
            _timers.RemoveAll(due.Contains);
        }

        foreach (ManualTimer timer in due)
            timer.Fire();
    }

    private sealed class ManualTimer(ManualTimeProvider owner, TimerCallback callback, object? state, TimeSpan due)
        : ITimer
    {
        public TimeSpan Due => due;

        public void Fire() => callback(state);

        public bool Change(TimeSpan dueTime, TimeSpan period) => throw new NotSupportedException();

        public void Dispose()
        {
            lock (owner._lock)
                owner._timers.Remove(this);
        }

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}

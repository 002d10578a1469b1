namespace TensorWasm.Runtime;

/// <summary>
/// Stops guests whose time is over. There are never more than run at once, so a look at each of them every some
/// milliseconds costs less than a timer for each.
/// </summary>
internal sealed class DeadlineMonitor : IDisposable
{
    /// <summary>How much later than its deadline a guest may be stopped.</summary>
    private static readonly TimeSpan Period = TimeSpan.FromMilliseconds(5);

    private readonly TimeProvider _time;
    private readonly Lock _lock = new();
    private readonly List<RunningInvocation> _running = [];
    private readonly ITimer _timer;
    private bool _isTicking;
    private RuntimeErrorKind? _stopReason;

    internal DeadlineMonitor(TimeProvider time)
    {
        _time = time;
        _timer = time.CreateTimer(
            static monitor => ((DeadlineMonitor)monitor!).Tick(), this, Timeout.InfiniteTimeSpan, Period);
    }

    internal void Add(RunningInvocation invocation)
    {
        lock (_lock)
        {
            invocation.Index = _running.Count;
            _running.Add(invocation);
            if (_stopReason is { } reason) invocation.Stop(reason);
            if (_isTicking) return;
            _isTicking = true;
            _timer.Change(Period, Period);
        }
    }

    /// <summary>After it returns, the invocation is not stopped any more.</summary>
    internal void Remove(RunningInvocation invocation)
    {
        lock (_lock)
        {
            var last = _running[^1];
            _running[invocation.Index] = last;
            last.Index = invocation.Index;
            _running.RemoveAt(_running.Count - 1);
        }
    }

    /// <summary>Stops all guests, and those that come yet.</summary>
    internal void StopAll(RuntimeErrorKind reason)
    {
        lock (_lock)
        {
            _stopReason = reason;
            foreach (var invocation in _running) invocation.Stop(reason);
        }
    }

    public void Dispose() => _timer.Dispose();

    private void Tick()
    {
        lock (_lock)
        {
            if (_running.Count == 0)
            {
                _isTicking = false;
                _timer.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
                return;
            }
            var now = _time.GetTimestamp();
            foreach (var invocation in _running)
            {
                if (now >= invocation.Due) invocation.Stop(RuntimeErrorKind.DeadlineExceeded);
            }
        }
    }
}

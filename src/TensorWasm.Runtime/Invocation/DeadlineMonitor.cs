namespace TensorWasm.Runtime;

/// <summary>
/// Stops guests whose time is over, and finds those that hold a thread of the pool for too long. There are never more
/// guests than run at once, so a look at each of them every some milliseconds costs less than a timer for each. It has a
/// thread of its own: guests may hold all of the pool's.
/// </summary>
internal sealed class DeadlineMonitor : IDisposable
{
    /// <summary>How much later than its deadline a guest may be stopped.</summary>
    private static readonly TimeSpan Period = TimeSpan.FromMilliseconds(5);

    /// <summary>Looks with nothing to see after which it sleeps until a guest comes: one second.</summary>
    private const int IdleLooks = 200;

    private readonly TimeProvider _time;
    private readonly object _gate = new();
    private readonly List<RunningInvocation> _running = [];
    private readonly Thread _thread;
    private int _idleLooks;
    private int _held;
    private bool _isAsleep;
    private bool _isDisposed;
    private RuntimeErrorKind? _stopReason;

    internal DeadlineMonitor(TimeProvider time)
    {
        _time = time;
        _thread = new Thread(Watch) { IsBackground = true, Name = "deadlines" };
        _thread.UnsafeStart();
    }

    internal void Add(RunningInvocation invocation)
    {
        lock (_gate)
        {
            invocation.Index = _running.Count;
            _running.Add(invocation);
            if (_stopReason is { } reason) invocation.Stop(reason);
            if (_isAsleep) Monitor.Pulse(_gate);
        }
    }

    /// <summary>After it returns, the invocation is not stopped any more.</summary>
    internal void Remove(RunningInvocation invocation)
    {
        lock (_gate)
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
        lock (_gate)
        {
            _stopReason = reason;
            foreach (var invocation in _running) invocation.Stop(reason);
        }
    }

    public void Dispose()
    {
        lock (_gate)
        {
            _isDisposed = true;
            Monitor.Pulse(_gate);
        }
        _thread.Join();
    }

    private void Watch()
    {
        lock (_gate)
        {
            while (!_isDisposed)
            {
                _isAsleep = _idleLooks >= IdleLooks;
                if (_isAsleep) Monitor.Wait(_gate);
                else Monitor.Wait(_gate, Period);
                _isAsleep = false;
                Look();
            }
            Hold(0);
        }
    }

    private void Look()
    {
        _idleLooks = _running.Count == 0 ? _idleLooks + 1 : 0;
        var now = _time.GetTimestamp();
        var held = 0;
        foreach (var invocation in _running)
        {
            if (now >= invocation.Due) invocation.Stop(RuntimeErrorKind.DeadlineExceeded);
            if (invocation.HoldsPool()) held++;
        }
        Hold(held);
    }

    private void Hold(int count)
    {
        if (count == _held) return;
        PoolThreads.AddHeld(count - _held);
        _held = count;
    }
}

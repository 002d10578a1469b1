namespace TensorWasm.Runtime;

/// <summary>
/// Decides who runs next. Each tenant has a bounded queue; while the process has no place left, the places that come
/// free go to tenants by start-time fair queueing over the time that their invocations take, divided by their weights.
/// So a tenant that floods delays itself alone.
/// </summary>
/// <param name="maxRunning">Invocations that run at once in this process.</param>
/// <param name="maxBytes">Bytes that the memories of all sandboxes may grow to.</param>
/// <param name="time">The clock.</param>
internal sealed class AdmissionControl(int maxRunning, long maxBytes, TimeProvider time)
{
    private readonly Lock _lock = new();

    // The lanes that have waiters.
    private readonly List<AdmissionLane> _waiting = [];
    private int _running;
    private long _bytes;
    private double _virtualTime;
    private bool _isClosed;
    private TaskCompletionSource? _idle;

    internal TimeProvider Time { get; } = time;

    private static RuntimeError ShuttingDown { get; } =
        new(RuntimeErrorKind.ShuttingDown, "The server is shutting down.");

    internal int Running => Volatile.Read(ref _running);

    internal int Queued
    {
        get
        {
            lock (_lock) return _waiting.Sum(static lane => lane.Waiters.Count);
        }
    }

    /// <summary>Takes a place, or waits for one.</summary>
    /// <param name="lane">The tenant's lane.</param>
    /// <param name="quota">Its quota.</param>
    /// <param name="bytes">What the sandbox's memories may grow to.</param>
    /// <param name="cancellation">Gives up.</param>
    internal async ValueTask<Outcome<AdmissionPlace>> EnterAsync(
        AdmissionLane lane, TenantQuota quota, long bytes, CancellationToken cancellation)
    {
        AdmissionWaiter waiter;
        lock (_lock)
        {
            if (_isClosed) return ShuttingDown;
            if (bytes > quota.MaxMemoryBytes || bytes > maxBytes)
            {
                return new RuntimeError(
                    RuntimeErrorKind.QuotaExceeded,
                    $"The function asks for {bytes} bytes of memory, more than may ever be in use (MaxMemoryBytes).");
            }
            if (lane.Waiters.Count == 0 && HasRoom(lane, quota, bytes)) return Admit(lane, quota, bytes);
            if (lane.Waiters.Count >= quota.MaxQueuedInvocations)
            {
                return new RuntimeError(
                    RuntimeErrorKind.QueueFull,
                    $"{lane.Running} invocations of the tenant run and {lane.Waiters.Count} wait: as many as may.");
            }
            waiter = new AdmissionWaiter(lane, quota, bytes);
            waiter.Node = lane.Waiters.AddLast(waiter);
            if (lane.Waiters.Count == 1) _waiting.Add(lane);
        }

        var timer = Time.CreateTimer(
            state => GiveUp((AdmissionWaiter)state!, RuntimeErrorKind.QueueTimeout), waiter, quota.QueueTime,
            Timeout.InfiniteTimeSpan);
        RuntimeErrorKind? failure;
        await using (timer.ConfigureAwait(false))
        await using (cancellation.UnsafeRegister(
            state => GiveUp((AdmissionWaiter)state!, RuntimeErrorKind.Cancelled), waiter).ConfigureAwait(false))
        {
            failure = await waiter.Task.ConfigureAwait(false);
        }
        return failure switch
        {
            null => new AdmissionPlace(this, lane, quota, bytes, waiter.Expected),
            RuntimeErrorKind.QueueTimeout => new RuntimeError(
                RuntimeErrorKind.QueueTimeout, $"No place came free within {quota.QueueTime.TotalSeconds} s."),
            RuntimeErrorKind.ShuttingDown => ShuttingDown,
            var kind => new RuntimeError(kind.Value, "The invocation was cancelled while it waited."),
        };
    }

    /// <summary>Admits nobody any more; who waits is told. Completes when nobody runs.</summary>
    internal Task CloseAsync()
    {
        lock (_lock)
        {
            _isClosed = true;
            foreach (var lane in _waiting)
            {
                foreach (var waiter in lane.Waiters) waiter.TrySetResult(RuntimeErrorKind.ShuttingDown);
                lane.Waiters.Clear();
            }
            _waiting.Clear();
            if (_running == 0) return Task.CompletedTask;
            _idle ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            return _idle.Task;
        }
    }

    /// <summary>How many invocations of a lane run and wait, and what they reserve.</summary>
    internal (int Running, int Queued, long Bytes) Measure(AdmissionLane lane)
    {
        lock (_lock) return (lane.Running, lane.Waiters.Count, lane.ReservedBytes);
    }

    internal void Leave(AdmissionLane lane, TenantQuota quota, long bytes, double expected, double seconds)
    {
        lock (_lock)
        {
            lane.VirtualTime += (seconds - expected) / quota.Weight;
            lane.Learn(seconds);
            lane.Running--;
            lane.ReservedBytes -= bytes;
            _running--;
            _bytes -= bytes;
            while (TakeNext() is { } next) next.TrySetResult(null);
            if (_running == 0) _idle?.TrySetResult();
        }
    }

    private bool HasRoom(AdmissionLane lane, TenantQuota quota, long bytes) =>
        _running < maxRunning && bytes <= maxBytes - _bytes
        && lane.Running < quota.MaxConcurrentInvocations && bytes <= quota.MaxMemoryBytes - lane.ReservedBytes;

    private AdmissionPlace Admit(AdmissionLane lane, TenantQuota quota, long bytes)
    {
        // Who was away does not save up time.
        if (lane.Running == 0) lane.VirtualTime = Math.Max(lane.VirtualTime, _virtualTime);
        _virtualTime = Math.Max(_virtualTime, lane.VirtualTime);
        lane.VirtualTime += lane.Expected / quota.Weight;
        lane.Running++;
        lane.ReservedBytes += bytes;
        _running++;
        _bytes += bytes;
        return new AdmissionPlace(this, lane, quota, bytes, lane.Expected);
    }

    /// <summary>Admits the first waiter of the lane that has had least, among those that have room.</summary>
    private AdmissionWaiter? TakeNext()
    {
        if (_running >= maxRunning) return null;
        AdmissionWaiter? best = null;
        foreach (var lane in _waiting)
        {
            var first = lane.Waiters.First!.Value;
            if (!HasRoom(lane, first.Quota, first.Bytes)) continue;
            if (best is null || lane.VirtualTime < best.Lane.VirtualTime) best = first;
        }
        if (best is null) return null;
        Remove(best);
        best.Expected = best.Lane.Expected;
        _ = Admit(best.Lane, best.Quota, best.Bytes);
        return best;
    }

    private void GiveUp(AdmissionWaiter waiter, RuntimeErrorKind reason)
    {
        lock (_lock)
        {
            if (waiter.Node?.List is null) return;
            Remove(waiter);
        }
        waiter.TrySetResult(reason);
    }

    private void Remove(AdmissionWaiter waiter)
    {
        waiter.Lane.Waiters.Remove(waiter.Node!);
        if (waiter.Lane.Waiters.Count == 0) _waiting.Remove(waiter.Lane);
    }
}

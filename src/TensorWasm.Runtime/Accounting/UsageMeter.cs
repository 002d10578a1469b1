namespace TensorWasm.Runtime;

/// <summary>What a tenant has used in this process, and what of it is not stored yet.</summary>
internal sealed class UsageMeter
{
    private readonly Lock _lock = new();
    private UsageCounters _total;
    private UsageCounters _pending;

    internal UsageCounters Total
    {
        get
        {
            lock (_lock) return _total;
        }
    }

    internal bool HasPending
    {
        get
        {
            lock (_lock) return _pending != default;
        }
    }

    internal void Add(in UsageCounters counters)
    {
        lock (_lock)
        {
            _total += counters;
            _pending += counters;
        }
    }

    /// <summary>Takes what is to be stored.</summary>
    internal UsageCounters TakePending()
    {
        lock (_lock)
        {
            var pending = _pending;
            _pending = default;
            return pending;
        }
    }

    /// <summary>Puts back what could not be stored.</summary>
    internal void PutBack(in UsageCounters counters)
    {
        lock (_lock) _pending += counters;
    }
}

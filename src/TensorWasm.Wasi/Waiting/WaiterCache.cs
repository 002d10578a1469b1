namespace TensorWasm.Wasi;

/// <summary>Keeps one waiter of a context for the next wait; more exist only while threads wait side by side.</summary>
internal sealed class WaiterCache : IDisposable
{
    private Waiter? _kept;
    private volatile bool _disposed;

    /// <summary>A waiter for one wait; hand it back by <see cref="Return"/>.</summary>
    public Errno Rent(out Waiter? waiter)
    {
        waiter = Interlocked.Exchange(ref _kept, null);
        return waiter is null ? Waiter.Create(out waiter) : Errno.Success;
    }

    public void Return(Waiter waiter)
    {
        if (Interlocked.CompareExchange(ref _kept, waiter, null) is not null)
            waiter.Dispose();
        if (_disposed)
            Interlocked.Exchange(ref _kept, null)?.Dispose();
    }

    /// <summary>Waits until a descriptor is ready for some of the events of poll(2).</summary>
    public Errno Wait(int descriptor, short events, CancellationToken interrupted)
    {
        Errno error = Rent(out Waiter? waiter);
        if (waiter is null)
            return error;
        try
        {
            return waiter.Wait(descriptor, events, interrupted);
        }
        finally
        {
            Return(waiter);
        }
    }

    public void Dispose()
    {
        _disposed = true;
        Interlocked.Exchange(ref _kept, null)?.Dispose();
    }
}

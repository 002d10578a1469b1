namespace TensorWasm.Wasi;

/// <summary>
/// Lets a thread wait for host descriptors until another thread, a timer or an interruption wakes it. It owns an
/// event descriptor for that. One wait at a time.
/// </summary>
internal sealed class Waiter : IDisposable
{
    private readonly HostHandle _event;
    private PollDescriptor[] _descriptors = new PollDescriptor[8];
    private int _count;

    private Waiter(int descriptor) => _event = new HostHandle(descriptor, owned: true);

    /// <summary>The descriptors of the wait that is being prepared, or whose outcome is read.</summary>
    public ReadOnlySpan<PollDescriptor> Descriptors => _descriptors.AsSpan(0, _count);

    /// <summary>A waiter, or the host's error where it has no descriptor left.</summary>
    public static Errno Create(out Waiter? waiter)
    {
        int descriptor = Posix.CreateEvent();
        Errno error = descriptor < 0 ? HostErrno.Last : Errno.Success;
        waiter = error == Errno.Success ? new Waiter(descriptor) : null;
        return error;
    }

    /// <summary>Ends the wait now, or the next one if none is on its way. Any thread may call this.</summary>
    public void Wake()
    {
        try
        {
            using HandleLease lease = new(_event);
            Posix.SignalEvent(lease.Number);
        }
        catch (ObjectDisposedException)
        {
            // A late stream or timer: nobody waits any more.
        }
    }

    /// <summary>Begins a wait for nothing but to be woken.</summary>
    public void Clear() => _count = 0;

    /// <summary>Adds a descriptor and the events of poll(2) to wait for; answers its index.</summary>
    public int Add(int descriptor, short events)
    {
        if (_count + 1 >= _descriptors.Length)
            Array.Resize(ref _descriptors, _descriptors.Length * 2);
        _descriptors[_count] = new PollDescriptor { Descriptor = descriptor, Events = events };
        return _count++;
    }

    /// <summary>
    /// Waits until a descriptor is ready, <see cref="Wake"/> is called, the token is cancelled or the time, in
    /// nanoseconds, is over. It may also end early for no reason, so callers look again.
    /// </summary>
    /// <returns><see cref="Errno.Intr"/> when the token is cancelled.</returns>
    public Errno Wait(ulong? timeout, CancellationToken interrupted)
    {
        using CancellationTokenRegistration registration =
            interrupted.UnsafeRegister(static waiter => ((Waiter)waiter!).Wake(), this);
        if (interrupted.IsCancellationRequested)
            return Errno.Intr;
        using HandleLease lease = new(_event);
        _descriptors[_count] = new PollDescriptor { Descriptor = lease.Number, Events = PollDescriptor.In };
        Span<PollDescriptor> all = _descriptors.AsSpan(0, _count + 1);
        Errno error = Posix.Poll(all, timeout, out _);
        if (error == Errno.Success && all[_count].Returned != 0)
            Posix.ClearEvent(lease.Number);
        return interrupted.IsCancellationRequested ? Errno.Intr : error;
    }

    /// <summary>Waits until one descriptor is ready for some of the events.</summary>
    public Errno Wait(int descriptor, short events, CancellationToken interrupted)
    {
        Clear();
        int index = Add(descriptor, events);
        while (true)
        {
            Errno error = Wait(null, interrupted);
            if (error != Errno.Success || _descriptors[index].Returned != 0)
                return error;
        }
    }

    public void Dispose() => _event.Dispose();
}

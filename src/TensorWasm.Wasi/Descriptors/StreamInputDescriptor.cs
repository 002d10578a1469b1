namespace TensorWasm.Wasi;

/// <summary>
/// Standard input from a <see cref="Stream"/>. It is read ahead into a buffer of its own, so that a guest can be
/// interrupted, and can poll, while the stream has nothing: the read goes on, and its bytes wait for the next call.
/// </summary>
internal sealed class StreamInputDescriptor(Stream stream)
    : Descriptor(FileType.Unknown, RightsSets.Pipe & ~Rights.FdWrite, Rights.None)
{
    private readonly byte[] _buffer = new byte[16 * 1024];
    private Task<int>? _pending;
    private volatile Waiter? _waiter;
    private int _start;
    private int _end;
    private bool _ended;

    public override Errno GetStatus(out FileStatus status)
    {
        status = new FileStatus(0, 0, Type, 1, 0, 0, 0, 0);
        return Errno.Success;
    }

    public override Readiness GetReadiness(EventType type, Waiter waiter)
    {
        _waiter = waiter;
        return !TryFill(wait: false, out Errno error, CancellationToken.None) && error == Errno.Again
            ? Readiness.Pending
            : Readiness.Now((ulong)(_end - _start), _ended ? PollEvent.Hangup : (ushort)0);
    }

    public override Errno Read(Span<IoVector> vectors, CancellationToken interrupted, out uint count)
    {
        count = 0;
        if (IoVector.Advance(vectors, 0).IsEmpty)
            return Errno.Success;
        if (!TryFill(!IsNonBlocking, out Errno error, interrupted))
            return error;
        foreach (IoVector vector in vectors)
        {
            ReadOnlySpan<byte> rest = _buffer.AsSpan(_start, _end - _start);
            Span<byte> target = vector.AsSpan();
            int length = Math.Min(rest.Length, target.Length);
            rest[..length].CopyTo(target);
            _start += length;
            count += (uint)length;
        }

        return Errno.Success;
    }

    /// <summary>Sees to it that the buffer holds something or the end is known.</summary>
    private bool TryFill(bool wait, out Errno error, CancellationToken interrupted)
    {
        error = Errno.Success;
        if (_start < _end || _ended)
            return true;
        try
        {
            _pending ??= Start();
            if (!_pending.IsCompleted)
            {
                if (!wait)
                {
                    error = Errno.Again;
                    return false;
                }

                _pending.Wait(interrupted);
            }

            Task<int> done = _pending;
            _pending = null;
            _start = 0;
            _end = done.GetAwaiter().GetResult();
            _ended = _end == 0;
            return true;
        }
        catch (OperationCanceledException) when (interrupted.IsCancellationRequested)
        {
            error = Errno.Intr;
        }
        catch (Exception exception) when (StreamErrors.IsExpected(exception))
        {
            _pending = null;
            error = Errno.Io;
        }

        return false;
    }

    /// <summary>
    /// Begins a read. It wakes whichever waiter asked last: one continuation a read, however often a guest polls.
    /// </summary>
    private Task<int> Start()
    {
        Task<int> read = stream.ReadAsync(_buffer, CancellationToken.None).AsTask();
        if (!read.IsCompleted)
        {
            read.ContinueWith(
                static (_, self) => ((StreamInputDescriptor)self!)._waiter?.Wake(), this, CancellationToken.None,
                TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
        }

        return read;
    }
}

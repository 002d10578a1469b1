namespace TensorWasm.Wasi;

/// <summary>
/// Standard output into a <see cref="Stream"/>, flushed after every call as write(2) would be. The bytes go through
/// a buffer of its own, so that a guest can be interrupted while the stream's other end does not read.
/// </summary>
internal sealed class StreamOutputDescriptor(Stream stream)
    : Descriptor(FileType.Unknown, RightsSets.Pipe & ~Rights.FdRead, Rights.None)
{
    private readonly byte[] _buffer = new byte[16 * 1024];
    private Task? _pending;
    private volatile Waiter? _waiter;

    public override Errno GetStatus(out FileStatus status)
    {
        status = new FileStatus(0, 0, Type, 1, 0, 0, 0, 0);
        return Errno.Success;
    }

    public override Readiness GetReadiness(EventType type, Waiter waiter)
    {
        _waiter = waiter;
        return _pending is { IsCompleted: false } ? Readiness.Pending : Readiness.Now((ulong)_buffer.Length);
    }

    public override Errno Write(Span<IoVector> vectors, CancellationToken interrupted, out uint count)
    {
        count = 0;
        Errno error = Finish(!IsNonBlocking, interrupted);
        int filled = 0;
        foreach (IoVector vector in vectors)
        {
            for (Span<byte> rest = vector.AsSpan(); !rest.IsEmpty && error == Errno.Success;)
            {
                int length = Math.Min(rest.Length, _buffer.Length - filled);
                rest[..length].CopyTo(_buffer.AsSpan(filled));
                filled += length;
                rest = rest[length..];
                if (filled == _buffer.Length)
                    error = Send(ref filled, interrupted, ref count);
                if (error == Errno.Success && count >= int.MaxValue)
                    return Errno.Success;
            }
        }

        if (error == Errno.Success && filled > 0)
            error = Send(ref filled, interrupted, ref count);
        return count > 0 ? Errno.Success : error;
    }

    /// <summary>Hands the buffer to the stream. Bytes that an interruption leaves on their way count.</summary>
    private Errno Send(ref int filled, CancellationToken interrupted, ref uint count)
    {
        int length = filled;
        filled = 0;
        try
        {
            _pending = SendAsync(length);
            if (!_pending.IsCompleted)
            {
                _pending.ContinueWith(
                    static (_, self) => ((StreamOutputDescriptor)self!)._waiter?.Wake(), this,
                    CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
            }
        }
        catch (Exception exception) when (StreamErrors.IsExpected(exception))
        {
            return Errno.Io;
        }

        Errno error = Finish(wait: true, interrupted);
        if (error is Errno.Success or Errno.Intr)
            count += (uint)length;
        return error;
    }

    private Task SendAsync(int length)
    {
        ValueTask write = stream.WriteAsync(_buffer.AsMemory(0, length));
        if (!write.IsCompletedSuccessfully)
            return FlushAfter(write);
        write.GetAwaiter().GetResult();
        return stream.FlushAsync();

        async Task FlushAfter(ValueTask write)
        {
            await write.ConfigureAwait(false);
            await stream.FlushAsync().ConfigureAwait(false);
        }
    }

    /// <summary>Waits for the write that is on its way.</summary>
    private Errno Finish(bool wait, CancellationToken interrupted)
    {
        if (_pending is null)
            return Errno.Success;
        try
        {
            if (!_pending.IsCompleted)
            {
                if (!wait)
                    return Errno.Again;
                _pending.Wait(interrupted);
            }

            Task done = _pending;
            _pending = null;
            done.GetAwaiter().GetResult();
            return Errno.Success;
        }
        catch (OperationCanceledException) when (interrupted.IsCancellationRequested)
        {
            return Errno.Intr;
        }
        catch (Exception exception) when (StreamErrors.IsExpected(exception))
        {
            _pending = null;
            return Errno.Io;
        }
    }
}

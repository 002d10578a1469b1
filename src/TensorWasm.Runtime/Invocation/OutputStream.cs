namespace TensorWasm.Runtime;

/// <summary>
/// What flows from a guest that runs to who listens. The guest waits while <see cref="MaxBufferedBytes"/> have not been
/// read; its deadline goes on meanwhile. One reader, on any thread.
/// </summary>
public sealed class OutputStream : IDisposable
{
    /// <summary>Most bytes of one chunk: 64 KiB.</summary>
    public const int MaxChunkBytes = 64 << 10;

    /// <summary>Most bytes of one invocation: 64 MiB. A function may allow less.</summary>
    public const long MaxTotalBytes = 64L << 20;

    /// <summary>Bytes that are held before the guest waits: 1 MiB.</summary>
    public const int MaxBufferedBytes = 1 << 20;

    /// <summary>Chunks that are held before the guest waits: 4,096, which bounds what tiny chunks cost.</summary>
    public const int MaxBufferedChunks = 4096;

    private readonly Lock _lock = new();
    private readonly Queue<byte[]> _chunks = [];
    private long _limit = MaxTotalBytes;
    private int _bufferedBytes;
    private bool _isCompleted;
    private bool _isClosed;
    private TaskCompletionSource? _readable;
    private TaskCompletionSource? _writable;

    /// <summary>Bytes that were taken from the guest.</summary>
    public long TotalBytes { get; private set; }

    /// <summary>The next chunk as the guest emitted it; null when the invocation has ended and all was read.</summary>
    public async ValueTask<ReadOnlyMemory<byte>?> ReadAsync(CancellationToken cancellation = default)
    {
        while (true)
        {
            Task wait;
            lock (_lock)
            {
                if (_chunks.TryDequeue(out var chunk))
                {
                    _bufferedBytes -= chunk.Length;
                    Signal(ref _writable);
                    return chunk;
                }
                if (_isCompleted || _isClosed) return null;
                _readable ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
                wait = _readable.Task;
            }
            await wait.WaitAsync(cancellation).ConfigureAwait(false);
        }
    }

    /// <summary>Whether a read would return at once.</summary>
    public bool IsReadable
    {
        get
        {
            lock (_lock) return _chunks.Count > 0 || _isCompleted;
        }
    }

    /// <summary>The reader is gone: what the guest emits from now on is answered <see cref="EmitStatus.Closed"/>.</summary>
    public void Dispose()
    {
        lock (_lock)
        {
            _isClosed = true;
            _chunks.Clear();
            _bufferedBytes = 0;
            Signal(ref _writable);
            Signal(ref _readable);
        }
    }

    /// <summary>Sets what the invocation may emit.</summary>
    internal void Open(long limit) => _limit = Math.Min(limit, MaxTotalBytes);

    /// <summary>The invocation has ended: reads return what is left, then null.</summary>
    internal void Complete()
    {
        lock (_lock)
        {
            _isCompleted = true;
            Signal(ref _readable);
        }
    }

    /// <summary>Takes a chunk whole, or nothing of it.</summary>
    /// <exception cref="OperationCanceledException">The guest was interrupted while it waited.</exception>
    internal EmitStatus Emit(ReadOnlySpan<byte> bytes, CancellationToken interrupted)
    {
        if (bytes.Length > MaxChunkBytes) return EmitStatus.TooMuch;
        while (true)
        {
            Task wait;
            lock (_lock)
            {
                if (_isClosed) return EmitStatus.Closed;
                if (bytes.IsEmpty) return EmitStatus.Ok;
                if (bytes.Length > _limit - TotalBytes) return EmitStatus.TooMuch;
                if (_bufferedBytes + bytes.Length <= MaxBufferedBytes && _chunks.Count < MaxBufferedChunks)
                {
                    TotalBytes += bytes.Length;
                    _bufferedBytes += bytes.Length;
                    _chunks.Enqueue(bytes.ToArray());
                    Signal(ref _readable);
                    return EmitStatus.Ok;
                }
                _writable ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
                wait = _writable.Task;
            }
            wait.Wait(interrupted);
        }
    }

    private static void Signal(ref TaskCompletionSource? source)
    {
        source?.TrySetResult();
        source = null;
    }
}

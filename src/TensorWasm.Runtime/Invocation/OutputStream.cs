namespace TensorWasm.Runtime;

/// <summary>
/// What flows from a guest that runs to who listens. The guest waits while <see cref="MaxBufferedBytes"/> have not been
/// read; its deadline goes on meanwhile. One reader, on any thread.
/// </summary>
public sealed class OutputStream : IDisposable
{
    /// <summary>Most bytes of one invocation: 64 MiB.</summary>
    public const long MaxTotalBytes = 64L << 20;

    /// <summary>Bytes that are held before the guest waits: 1 MiB.</summary>
    public const int MaxBufferedBytes = 1 << 20;

    /// <summary>Chunks that are held before the guest waits: 4,096, which bounds what tiny chunks cost.</summary>
    public const int MaxBufferedChunks = 4096;

    private readonly Lock _lock = new();
    private readonly Queue<byte[]> _chunks = [];
    private readonly long _limit;
    private int _bufferedBytes;
    private bool _isCompleted;
    private bool _isClosed;
    private TaskCompletionSource? _readable;
    private TaskCompletionSource? _writable;

    /// <summary>A stream for one invocation.</summary>
    /// <param name="limit">Bytes that it takes; a guest that emits more is told that nobody listens any more.</param>
    public OutputStream(long limit = MaxTotalBytes) => _limit = Math.Min(limit, MaxTotalBytes);

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

    /// <summary>All that the guest emits, until the invocation ends.</summary>
    public async Task<byte[]> ReadAllAsync(CancellationToken cancellation = default)
    {
        using var all = new MemoryStream();
        while (await ReadAsync(cancellation).ConfigureAwait(false) is { } chunk) all.Write(chunk.Span);
        return all.ToArray();
    }


    /// <summary>The reader is gone: what the guest emits from now on is answered -3.</summary>
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

    /// <summary>The invocation has ended: reads return what is left, then null.</summary>
    internal void Complete()
    {
        lock (_lock)
        {
            _isCompleted = true;
            Signal(ref _readable);
        }
    }

    /// <summary>Takes a chunk whole; false where nobody listens any more, or all was emitted that may be.</summary>
    /// <exception cref="OperationCanceledException">The guest was interrupted while it waited.</exception>
    internal bool TryEmit(ReadOnlySpan<byte> bytes, CancellationToken interrupted)
    {
        while (true)
        {
            Task wait;
            lock (_lock)
            {
                if (_isClosed || bytes.Length > _limit - TotalBytes) return false;
                // A chunk has at most 64 KiB, so there is room for one when all was read.
                if (_bufferedBytes + bytes.Length <= MaxBufferedBytes && _chunks.Count < MaxBufferedChunks)
                {
                    TotalBytes += bytes.Length;
                    _bufferedBytes += bytes.Length;
                    _chunks.Enqueue(bytes.ToArray());
                    Signal(ref _readable);
                    return true;
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

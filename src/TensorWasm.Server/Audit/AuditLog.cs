using System.Buffers;
using System.Threading.Channels;

namespace TensorWasm.Server;

/// <summary>
/// The audit log. One thread writes; what has gathered while it wrote goes out in one write. A record may be waited
/// for (state changes are, before they are answered) or not (invocations, refusals). When the log is required, nothing
/// that changes state begins before a record of it is on disk.
/// </summary>
internal sealed partial class AuditLog : IAsyncDisposable
{
    private const int MaxQueued = 16_384;
    private const int MaxBatch = 512;

    private readonly IAuditSink? _sink;
    private readonly byte[] _key;
    private readonly TimeProvider _time;
    private readonly ILogger _log;
    private readonly Channel<Pending> _queue;
    private readonly Task _writer;
    private readonly ArrayBufferWriter<byte> _buffer = new();
    private long _lost;
    private volatile bool _isHealthy = true;

    /// <summary>Opens the log.</summary>
    /// <param name="sink">Where records go; null: nowhere.</param>
    /// <param name="key">The server's key.</param>
    /// <param name="isRequired">Whether nothing may happen that is not recorded.</param>
    /// <param name="time">The clock.</param>
    /// <param name="log">Gets failures.</param>
    internal AuditLog(IAuditSink? sink, ServerKey key, bool isRequired, TimeProvider time, ILogger log)
    {
        (_sink, _time, _log, IsRequired) = (sink, time, log, isRequired);
        _key = AuditKey(key);
        _queue = Channel.CreateBounded<Pending>(
            new BoundedChannelOptions(MaxQueued) { SingleReader = true, FullMode = BoundedChannelFullMode.Wait });
        _writer = sink is null ? Task.CompletedTask : Task.Factory.StartNew(
            WriteAll, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        if (sink is { RecoveredBytes: > 0 })
        {
            LogRecovered(_log, sink.RecoveredBytes);
            Append(Notice("audit_recovered", "torn_bytes", sink.RecoveredBytes));
        }
    }

    /// <summary>Whether nothing may happen that is not recorded.</summary>
    internal bool IsRequired { get; }

    /// <summary>Whether the last write worked.</summary>
    internal bool IsHealthy => _isHealthy;

    /// <summary>Records that could not be written since the start.</summary>
    internal long Lost => Interlocked.Read(ref _lost);

    /// <summary>The end of the chain.</summary>
    internal AuditHead Head => _sink?.Head ?? AuditHead.Empty;

    internal static byte[] AuditKey(ServerKey key) => key.Derive("audit");

    /// <summary>Adds a record and does not wait for it. One that finds no room is counted as lost.</summary>
    internal void Append(AuditEvent record)
    {
        if (_sink is not null && !_queue.Writer.TryWrite(new(record, null))) Interlocked.Increment(ref _lost);
    }

    /// <summary>Adds a record and waits until it is written; on disk, if the log is required.</summary>
    /// <returns>Whether it was.</returns>
    internal async ValueTask<bool> AppendAsync(AuditEvent record, CancellationToken token = default)
    {
        if (_sink is null) return true;
        var written = new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously);
        try
        {
            await _queue.Writer.WriteAsync(new(record, written), token).ConfigureAwait(false);
        }
        catch (ChannelClosedException)
        {
            return false;
        }
        return await written.Task.ConfigureAwait(false);
    }

    public async ValueTask DisposeAsync()
    {
        if (!_queue.Writer.TryComplete()) return;
        await _writer.ConfigureAwait(false);
        _sink?.Dispose();
    }

    private void WriteAll()
    {
        var batch = new List<Pending>(MaxBatch);
        var reader = _queue.Reader;
        while (reader.WaitToReadAsync().AsTask().GetAwaiter().GetResult())
        {
            batch.Clear();
            while (batch.Count < MaxBatch && reader.TryRead(out var pending)) batch.Add(pending);
            var isWritten = TryWrite(batch);
            foreach (var pending in batch) pending.Written?.SetResult(isWritten);
        }
    }

    private bool TryWrite(List<Pending> batch)
    {
        _buffer.ResetWrittenCount();
        var sequence = _sink!.Head.Sequence;
        var hash = _sink.Head.Hash.ToArray();
        var lost = Interlocked.Exchange(ref _lost, 0);
        // A gap shows in the log itself as soon as it can be written again.
        if (lost > 0) AuditFormat.Append(_buffer, Notice("audit_gap", "lost_records", lost), ++sequence, hash, _key);
        foreach (var pending in batch) AuditFormat.Append(_buffer, pending.Event, ++sequence, hash, _key);
        try
        {
            _sink.Write(_buffer.WrittenSpan, IsRequired, new AuditHead(sequence, hash));
            if (!_isHealthy) LogBack(_log);
            return _isHealthy = true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ObjectDisposedException)
        {
            Interlocked.Add(ref _lost, lost + batch.Count);
            if (_isHealthy) LogFailed(_log, e);
            return _isHealthy = false;
        }
    }

    private AuditEvent Notice(string action, string name, long value) => new()
    {
        UnixMilliseconds = _time.GetUtcNow().ToUnixTimeMilliseconds(),
        Action = action,
        Resource = [new(name, value.ToString(System.Globalization.CultureInfo.InvariantCulture))],
    };

    [LoggerMessage(2001, LogLevel.Error, "The audit log can't be written", EventName = "AuditFailed")]
    private static partial void LogFailed(ILogger logger, Exception exception);

    [LoggerMessage(2002, LogLevel.Information, "The audit log can be written again", EventName = "AuditBack")]
    private static partial void LogBack(ILogger logger);

    [LoggerMessage(2003, LogLevel.Warning, "The audit log ended with {Bytes} bytes of a record that a crash cut off",
        EventName = "AuditRecovered")]
    private static partial void LogRecovered(ILogger logger, long bytes);

    private readonly record struct Pending(AuditEvent Event, TaskCompletionSource<bool>? Written);
}

using System.Buffers;
using System.Security.Cryptography;

namespace TensorWasm.Server;

/// <summary>
/// The audit log. One thread writes; what has gathered while it wrote goes out in one write. A record may be waited
/// for (state changes are, before they are answered) or not (invocations, refusals). When the log is required, nothing
/// that changes state begins before a record of it is on disk.
/// </summary>
internal sealed partial class AuditLog : IAsyncDisposable
{
    private const int MaxQueued = 16_384;
    private const int MaxGathered = 1_024;
    private const int MaxBatch = 512;

    /// <summary>
    /// How long a record that nobody waits for may lie before it is written: under load, hundreds leave in one write, where
    /// each would wake the thread that writes.
    /// </summary>
    private static readonly TimeSpan Gathering = TimeSpan.FromMilliseconds(5);

    private readonly IAuditSink? _sink;
    private readonly IncrementalHash _hasher;
    private readonly TimeProvider _time;
    private readonly ILogger _log;
    private readonly object _gate = new();
    private readonly Task _writer;
    private readonly ArrayBufferWriter<byte> _buffer = new();
    private List<Pending> _pending = [];
    private bool _isAwaited;
    private bool _isClosed;
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
        _hasher = IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, AuditKey(key));
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
        if (_sink is not null && !TryAdd(new(record, null))) Interlocked.Increment(ref _lost);
    }

    /// <summary>Adds a record and waits until it is written; on disk, if the log is required.</summary>
    /// <returns>Whether it was.</returns>
    internal ValueTask<bool> AppendAsync(AuditEvent record)
    {
        if (_sink is null) return new(true);
        var written = new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously);
        return TryAdd(new(record, written)) ? new(written.Task) : new(false);
    }

    public async ValueTask DisposeAsync()
    {
        lock (_gate)
        {
            if (_isClosed) return;
            _isClosed = true;
            Monitor.Pulse(_gate);
        }
        await _writer.ConfigureAwait(false);
        _sink?.Dispose();
        _hasher.Dispose();
    }

    private bool TryAdd(Pending pending)
    {
        lock (_gate)
        {
            var isAwaited = pending.Written is not null;
            // Those who wait are no more than there are requests.
            if (_isClosed || (_pending.Count >= MaxQueued && !isAwaited)) return false;
            _pending.Add(pending);
            // The first one wakes the writer, which then gathers more; one that is waited for ends the gathering, and so do
            // very many.
            if (_pending.Count is 1 or MaxGathered || (isAwaited && !_isAwaited)) Monitor.Pulse(_gate);
            _isAwaited |= isAwaited;
            return true;
        }
    }

    private void WriteAll()
    {
        List<Pending> batch = [];
        while (TryTake(ref batch))
        {
            foreach (var part in batch.Chunk(MaxBatch))
            {
                var isWritten = TryWrite(part);
                foreach (var pending in part) pending.Written?.SetResult(isWritten);
            }
            batch.Clear();
        }
    }

    /// <summary>Waits for records, and exchanges the full list for the empty one.</summary>
    /// <returns>False when the log is closed and all is written.</returns>
    private bool TryTake(ref List<Pending> batch)
    {
        lock (_gate)
        {
            while (_pending.Count == 0 && !_isClosed) Monitor.Wait(_gate);
            if (!_isAwaited && !_isClosed && _pending.Count < MaxGathered) Monitor.Wait(_gate, Gathering);
            (batch, _pending, _isAwaited) = (_pending, batch, false);
            return batch.Count > 0;
        }
    }

    private bool TryWrite(Pending[] batch)
    {
        _buffer.ResetWrittenCount();
        var sequence = _sink!.Head.Sequence;
        var hash = _sink.Head.Hash.ToArray();
        var lost = Interlocked.Exchange(ref _lost, 0);
        // A gap shows in the log itself as soon as it can be written again.
        if (lost > 0) AuditFormat.Append(_buffer, Notice("audit_gap", "lost_records", lost), ++sequence, hash, _hasher);
        foreach (var pending in batch) AuditFormat.Append(_buffer, pending.Event, ++sequence, hash, _hasher);
        try
        {
            _sink.Write(_buffer.WrittenSpan, IsRequired, new AuditHead(sequence, hash));
            if (!_isHealthy) LogBack(_log);
            return _isHealthy = true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ObjectDisposedException)
        {
            Interlocked.Add(ref _lost, lost + batch.Length);
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

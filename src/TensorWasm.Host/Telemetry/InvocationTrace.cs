using System.Text;

namespace TensorWasm.Host;

/// <summary>
/// What one invocation did and when: the guest's own spans and log records, its calls that concern a device, and its
/// kernels. What goes beyond the limits is dropped and counted. Kernels end on threads of the device, so all members may
/// be used from any thread.
/// </summary>
public sealed class InvocationTrace
{
    /// <summary>Spans of each kind: 256.</summary>
    public const int MaxSpans = 256;

    /// <summary>Attributes of a span: 16.</summary>
    public const int MaxAttributes = 16;

    /// <summary>Log records: 512.</summary>
    public const int MaxLogs = 512;

    /// <summary>Bytes of text that a guest may add, all together: 64 KiB.</summary>
    public const int MaxTextBytes = 64 << 10;

    private readonly Lock _lock = new();
    private readonly TimeProvider _time;
    private readonly long _start;
    private readonly List<TraceSpan> _spans = [];
    private readonly List<int> _open = [];
    private readonly int[] _counts = new int[Enum.GetValues<TraceSpanKind>().Length];
    private readonly List<TraceLog> _logs = [];
    private int _textBytes;
    private bool _isFinished;

    /// <summary>A trace of an invocation.</summary>
    /// <param name="time">The clock.</param>
    /// <param name="started">The clock's timestamp at which it began.</param>
    public InvocationTrace(TimeProvider time, long started)
    {
        ArgumentNullException.ThrowIfNull(time);
        (_time, _start) = (time, started);
        StartedAt = time.GetUtcNow() - time.GetElapsedTime(started);
    }

    /// <summary>Told of each log record as it is added, on the guest's thread; it must not throw.</summary>
    public Action<TraceLog>? Logged { get; init; }

    /// <summary>When the invocation began.</summary>
    public DateTimeOffset StartedAt { get; }

    /// <summary>The spans in the order in which they were made. They no longer change once it is finished.</summary>
    public IReadOnlyList<TraceSpan> Spans => _spans;

    /// <summary>The guest's log records.</summary>
    public IReadOnlyList<TraceLog> Logs => _logs;

    /// <summary>Spans that found no room.</summary>
    public long DroppedSpans { get; private set; }

    /// <summary>Log records that found no room.</summary>
    public long DroppedLogs { get; private set; }

    /// <summary>Whether it holds anything.</summary>
    public bool IsEmpty => _spans.Count == 0 && _logs.Count == 0 && DroppedSpans == 0 && DroppedLogs == 0;

    /// <summary>About how many bytes it takes.</summary>
    public int Size => 512 + 2 * _textBytes + 192 * _spans.Count + 96 * _logs.Count;

    /// <summary>Ends it: spans that are open end now, and nothing is added any more.</summary>
    public void Finish()
    {
        lock (_lock)
        {
            foreach (var span in _open) _spans[span].Duration = Now - _spans[span].Start;
            _open.Clear();
            _isFinished = true;
        }
    }

    private TimeSpan Now => _time.GetElapsedTime(_start);

    /// <summary>Begins a span inside the one that was begun last and is open.</summary>
    /// <returns>Its index; null where there is no room for it.</returns>
    internal int? Begin(TraceSpanKind kind, string name)
    {
        lock (_lock)
        {
            if (!TryTake(kind, kind == TraceSpanKind.Guest ? name : null)) return null;
            _spans.Add(new TraceSpan(kind, name, Innermost, Now));
            _open.Add(_spans.Count - 1);
            return _spans.Count - 1;
        }
    }

    /// <summary>Ends a span.</summary>
    /// <returns>Whether it was open.</returns>
    internal bool End(int span, string? failure = null)
    {
        lock (_lock)
        {
            if (!_open.Remove(span)) return false;
            _spans[span].Duration = Now - _spans[span].Start;
            _spans[span].Failure ??= failure;
            return true;
        }
    }

    /// <summary>Whether an index is that of a guest's span that is open.</summary>
    internal bool IsOpenGuestSpan(int span)
    {
        lock (_lock) return _open.Contains(span) && _spans[span].Kind == TraceSpanKind.Guest;
    }

    /// <summary>Sets an attribute of an open span.</summary>
    /// <returns>Whether there was room for it.</returns>
    internal bool Set(int span, string key, object value)
    {
        lock (_lock)
        {
            var target = _spans[span];
            if (target.Kind == TraceSpanKind.Guest
                && (target.Attributes.Count >= MaxAttributes || !TryTakeText(key, value as string)))
            {
                return false;
            }
            target.Set(key, value);
            return true;
        }
    }

    /// <summary>Marks an open span as failed.</summary>
    /// <returns>Whether there was room for the reason.</returns>
    internal bool Fail(int span, string reason)
    {
        lock (_lock)
        {
            if (!TryTakeText(reason)) return false;
            _spans[span].Failure = reason;
            return true;
        }
    }

    /// <summary>Adds a log record.</summary>
    /// <returns>Whether there was room for it.</returns>
    internal bool Log(TraceLevel level, string message, string? context = null)
    {
        lock (_lock)
        {
            if (_isFinished) return false;
            if (_logs.Count >= MaxLogs || !TryTakeText(message, context))
            {
                DroppedLogs++;
                return false;
            }
            var log = new TraceLog(Now, level, message, context, Innermost);
            _logs.Add(log);
            Logged?.Invoke(log);
            return true;
        }
    }

    /// <summary>Adds kernels that have ended; a device tells of them when it learns that they have.</summary>
    internal void AddKernel(string kernel, int launches, TimeSpan deviceTime)
    {
        lock (_lock)
        {
            if (_isFinished || !TryTake(TraceSpanKind.Kernel, null)) return;
            var start = Now - deviceTime;
            var span = new TraceSpan(
                TraceSpanKind.Kernel, "wasi_cuda.dispatch", Innermost, start > TimeSpan.Zero ? start : TimeSpan.Zero)
            {
                Duration = deviceTime,
            };
            span.Set("kernel", kernel);
            span.Set("launches", (long)launches);
            span.Set("gpu_time_ns", (long)deviceTime.TotalNanoseconds);
            _spans.Add(span);
        }
    }

    private int? Innermost => _open.Count > 0 ? _open[^1] : null;

    private bool TryTake(TraceSpanKind kind, string? text)
    {
        if (_isFinished) return false;
        if (_counts[(int)kind] >= MaxSpans || !TryTakeText(text))
        {
            DroppedSpans++;
            return false;
        }
        _counts[(int)kind]++;
        return true;
    }

    private bool TryTakeText(string? first, string? second = null)
    {
        var bytes = Bytes(first) + Bytes(second);
        if (bytes > MaxTextBytes - _textBytes) return false;
        _textBytes += bytes;
        return true;
    }

    private static int Bytes(string? text) => text is null ? 0 : Encoding.UTF8.GetByteCount(text);
}

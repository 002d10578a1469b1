using System.Diagnostics;

namespace TensorWasm.Server.Bench.Load;

/// <summary>
/// One stream of equal requests: so many a second, each due at its own time whether or not the ones before it were
/// answered; or, without a rate, the next one on each connection as soon as the last was answered.
/// </summary>
internal sealed class Flow : IDisposable
{
    private readonly HttpConnection[] _connections;
    private readonly byte[] _request;
    private readonly byte[]? _expected;
    private readonly double _ticksBetween;
    private long _sent;
    private long _start;
    private long _end;

    /// <param name="port">The server, on loopback.</param>
    /// <param name="request">The request's bytes.</param>
    /// <param name="expected">The body of a right answer; null: any.</param>
    /// <param name="connections">Connections; requests that find none idle wait, and their latency with them.</param>
    /// <param name="perSecond">The rate; 0: as fast as answers come.</param>
    public Flow(int port, byte[] request, byte[]? expected, int connections, double perSecond = 0)
    {
        _connections = [.. Enumerable.Range(0, connections).Select(_ => new HttpConnection(port))];
        (_request, _expected) = (request, expected);
        _ticksBetween = perSecond > 0 ? Stopwatch.Frequency / perSecond : 0;
    }

    /// <summary>Milliseconds from when each request was due to the end of its answer; only of those answered with 200.</summary>
    public List<double> Latencies { get; } = new(1 << 16);

    /// <summary>Answers by status.</summary>
    public Dictionary<int, long> Statuses { get; } = [];

    /// <summary>Answers with 200 and another body than the right one.</summary>
    public long Wrong { get; private set; }

    /// <summary>Requests that were due and had no answer at the end.</summary>
    public long Unanswered { get; private set; }

    /// <summary>What was answered wrongly, not at all, or with another status than these; null if nothing.</summary>
    public string? Problem(params int[] statuses) =>
        Wrong > 0 || Unanswered > 0 || Statuses.Keys.Any(status => !statuses.Contains(status))
            ? $"wrong {Wrong}, unanswered {Unanswered}, statuses {string.Join(' ', Statuses)}"
            : null;

    public long Succeeded => Statuses.GetValueOrDefault(200);

    /// <summary>Whether something is still under way or due.</summary>
    public bool IsBusy => IsDue(_end - 1) || _connections.Any(static connection => connection.IsBusy);

    public void Start(long start, long end)
    {
        (_start, _end, _sent) = (start, end, 0);
        Latencies.Clear();
        Statuses.Clear();
        (Wrong, Unanswered) = (0, 0);
    }

    /// <summary>Takes the answers that are there, and sends what is due.</summary>
    public void Step()
    {
        foreach (var connection in _connections)
        {
            if (connection.IsBusy && connection.TryReceive()) Record(connection);
            var now = Stopwatch.GetTimestamp();
            if (connection.IsBusy || !IsDue(now)) continue;
            connection.Send(_request, _ticksBetween > 0 ? DueTime(_sent) : now);
            _sent++;
        }
    }

    /// <summary>Counts what was not answered.</summary>
    public void Stop()
    {
        Unanswered = _connections.Count(static connection => connection.IsBusy);
        if (_ticksBetween > 0) Unanswered += Math.Max(0, (long)((_end - _start) / _ticksBetween) - _sent);
    }

    public void Dispose()
    {
        foreach (var connection in _connections) connection.Dispose();
    }

    private long DueTime(long number) => _start + (long)(number * _ticksBetween);

    private bool IsDue(long now) =>
        _ticksBetween > 0 ? DueTime(_sent) <= now && DueTime(_sent) < _end : now < _end && Stopwatch.GetTimestamp() < _end;

    private void Record(HttpConnection connection)
    {
        System.Runtime.InteropServices.CollectionsMarshal.GetValueRefOrAddDefault(Statuses, connection.Status, out _)++;
        if (connection.Status != 200) return;
        Latencies.Add(Stopwatch.GetElapsedTime(connection.Due).TotalMilliseconds);
        if (_expected is not null && !connection.Body.SequenceEqual(_expected)) Wrong++;
    }
}

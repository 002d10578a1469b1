using System.Collections.Concurrent;
using System.Globalization;

namespace TensorWasm.Server;

/// <summary>
/// Keeps floods of refusals from filling the audit log: of 401s of one address and 429s of one token, a few each second
/// are recorded one by one, and the next one after that tells how many were not.
/// </summary>
internal sealed class RefusalThrottle(TimeProvider time)
{
    private const int RecordsPerSecond = 10;
    private const int MaxKeys = 10_000;

    private readonly ConcurrentDictionary<string, Counter> _counters = new(StringComparer.Ordinal);

    /// <summary>Whether a refusal is to be left out. One that is not may get a note of those left out before it.</summary>
    internal bool Withhold(GatewayRequest request, GatewayError error)
    {
        var who = error.Status == StatusCodes.Status401Unauthorized
            ? request.Http.Connection.RemoteIpAddress?.ToString() ?? ""
            : $"{request.Caller.TokenId}/{request.Tenant}";
        if (_counters.Count >= MaxKeys) _counters.Clear();
        var counter = _counters.GetOrAdd(who, static _ => new Counter());
        lock (counter)
        {
            var second = time.GetTimestamp() / time.TimestampFrequency;
            if (second != counter.Second) (counter.Second, counter.Recorded) = (second, 0);
            if (++counter.Recorded > RecordsPerSecond)
            {
                counter.Withheld++;
                return true;
            }
            if (counter.Withheld == 0) return false;
            request.About("not_recorded_before", counter.Withheld.ToString(CultureInfo.InvariantCulture));
            counter.Withheld = 0;
            return false;
        }
    }

    private sealed class Counter
    {
        internal long Second;
        internal int Recorded;
        internal long Withheld;
    }
}

using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;

namespace TensorWasm.Cli;

/// <summary>A server's metrics at one moment, summed over routes.</summary>
internal sealed partial class MetricSample
{
    private readonly long _time = Stopwatch.GetTimestamp();
    private readonly SortedDictionary<double, double> _buckets = [];
    private double _requests;
    private double _errors;
    private double _inFlight;
    private double _heap;

    internal static MetricSample Read(ApiClient client)
    {
        var sample = new MetricSample();
        using var response = client.Send("GET", "/metrics");
        using var reader = new StreamReader(response.Content.ReadAsStream());
        while (reader.ReadLine() is { } line) sample.Add(line);
        return sample;
    }

    /// <summary>What happened since an earlier sample.</summary>
    internal MetricRates Since(MetricSample earlier)
    {
        var seconds = Stopwatch.GetElapsedTime(earlier._time, _time).TotalSeconds;
        var buckets = _buckets.Select(bucket =>
            (Bound: bucket.Key, Count: bucket.Value - earlier._buckets.GetValueOrDefault(bucket.Key))).ToList();
        return new(
            (_requests - earlier._requests) / seconds, (_errors - earlier._errors) / seconds,
            Quantile(buckets, 0.5), Quantile(buckets, 0.99), _inFlight, _heap);
    }

    private void Add(string line)
    {
        // The scrape itself is no work of the server's.
        if (line.Contains("route=\"/metrics\"", StringComparison.Ordinal)) return;
        var space = line.LastIndexOf(' ');
        if (line.StartsWith('#') || space < 0
            || !double.TryParse(line.AsSpan(space + 1), NumberStyles.Float, CultureInfo.InvariantCulture, out var value))
        {
            return;
        }
        if (line.StartsWith("tensor_wasm_http_requests_total{", StringComparison.Ordinal))
        {
            _requests += value;
            if (line.Contains("status=\"5", StringComparison.Ordinal)) _errors += value;
        }
        else if (line.StartsWith("tensor_wasm_http_requests_in_flight{", StringComparison.Ordinal)) _inFlight += value;
        else if (line.StartsWith("dotnet_gc_last_collection_memory_committed_size", StringComparison.Ordinal)) _heap = value;
        else if (line.StartsWith("tensor_wasm_http_request_duration_seconds_bucket{", StringComparison.Ordinal)
            && Bound().Match(line) is { Success: true } match)
        {
            var bound = match.Groups[1].Value == "+Inf"
                ? double.PositiveInfinity
                : double.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture);
            _buckets[bound] = _buckets.GetValueOrDefault(bound) + value;
        }
    }

    // Counts are cumulative; the quantile lies within a bucket, where it is taken to be spread evenly.
    private static double? Quantile(List<(double Bound, double Count)> buckets, double quantile)
    {
        if (buckets.Count == 0 || buckets[^1].Count <= 0) return null;
        var rank = quantile * buckets[^1].Count;
        var (lowBound, lowCount) = (0.0, 0.0);
        foreach (var (bound, count) in buckets)
        {
            if (count >= rank)
            {
                return double.IsInfinity(bound)
                    ? lowBound
                    : lowBound + (bound - lowBound) * (rank - lowCount) / Math.Max(1e-9, count - lowCount);
            }
            (lowBound, lowCount) = (bound, count);
        }
        return null;
    }

    [GeneratedRegex("le=\"([^\"]+)\"")]
    private static partial Regex Bound();
}

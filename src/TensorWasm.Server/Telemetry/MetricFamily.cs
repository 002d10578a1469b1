using System.Collections.Concurrent;

namespace TensorWasm.Server;

/// <summary>A metric with all its time series.</summary>
internal sealed class MetricFamily
{
    /// <summary>Series of one metric; what comes after that goes into one that says so.</summary>
    private const int MaxSeries = 4_000;

    private readonly ConcurrentDictionary<TagSet, MetricSeries> _series = new(TagSet.Comparer.Instance);
    private readonly ConcurrentDictionary<TagSet, MetricSeries>.AlternateLookup<
        ReadOnlySpan<KeyValuePair<string, object?>>> _lookup;

    internal MetricFamily(string name, MetricKind kind, bool isObservable, string? help, double[] bounds)
    {
        (Name, Kind, IsObservable, Help, Bounds) = (name, kind, isObservable, help, bounds);
        _lookup = _series.GetAlternateLookup<ReadOnlySpan<KeyValuePair<string, object?>>>();
    }

    /// <summary>The exposition's name, with unit and <c>_total</c>.</summary>
    internal string Name { get; }

    internal MetricKind Kind { get; }

    /// <summary>Whether values are asked for at each scrape, so that those not given are gone.</summary>
    internal bool IsObservable { get; }

    internal string? Help { get; }

    internal double[] Bounds { get; }

    internal IEnumerable<MetricSeries> Series => _series.Values;

    internal MetricSeries Find(ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        if (_lookup.TryGetValue(tags, out var known)) return known;
        var key = _series.Count < MaxSeries ? new TagSet(tags) : TagSet.Overflow;
        return _series.GetOrAdd(key, static (key, bounds) => new MetricSeries(key.ToText(), bounds), Bounds);
    }
}

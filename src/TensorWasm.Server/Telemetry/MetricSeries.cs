namespace TensorWasm.Server;

/// <summary>One time series: a value, or a histogram's buckets.</summary>
internal sealed class MetricSeries
{
    private readonly double[] _bounds;
    private readonly long[] _counts;
    private double _value;

    /// <summary>A series.</summary>
    /// <param name="labels">Its labels as text.</param>
    /// <param name="bounds">A histogram's upper bounds, ascending; empty otherwise.</param>
    internal MetricSeries(string labels, double[] bounds)
    {
        (Labels, _bounds) = (labels, bounds);
        _counts = bounds.Length == 0 ? [] : new long[bounds.Length + 1];
    }

    internal string Labels { get; }

    /// <summary>The value; a histogram's sum.</summary>
    internal double Value => Volatile.Read(ref _value);

    /// <summary>Observations up to each bound, and one more entry for all.</summary>
    internal ReadOnlySpan<long> Counts => _counts;

    /// <summary>Which scrape an observable instrument last gave a value in.</summary>
    internal long Scrape { get; set; }

    internal void Set(double value) => Volatile.Write(ref _value, value);

    internal void Add(double value)
    {
        double seen, next;
        do
        {
            seen = Volatile.Read(ref _value);
            next = seen + value;
        }
        while (Interlocked.CompareExchange(ref _value, next, seen) is var found && !found.Equals(seen));
    }

    internal void Observe(double value)
    {
        var bucket = Array.BinarySearch(_bounds, value);
        Interlocked.Increment(ref _counts[bucket < 0 ? ~bucket : bucket]);
        Add(value);
    }
}

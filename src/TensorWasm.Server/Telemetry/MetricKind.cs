namespace TensorWasm.Server;

/// <summary>The exposition's kinds of metrics.</summary>
internal enum MetricKind
{
    /// <summary>Only grows.</summary>
    Counter,

    /// <summary>Goes up and down.</summary>
    Gauge,

    /// <summary>Counts observations in buckets.</summary>
    Histogram,
}

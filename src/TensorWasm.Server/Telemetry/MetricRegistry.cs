using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using System.Text;

namespace TensorWasm.Server;

/// <summary>
/// Listens to the instruments of this product and of the .NET runtime, and keeps their sums for scrapes. Meters whose
/// scope is another gateway's are left out, so that two gateways in one process don't see each other's.
/// </summary>
internal sealed class MetricRegistry : IDisposable
{
    /// <summary>Seconds, from well below a network's round trip to the longest deadlines.</summary>
    internal static readonly double[] DefaultBounds =
    [
        0.00001, 0.000025, 0.00005, 0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1,
        2.5, 5, 10, 30,
    ];

    private readonly ConcurrentDictionary<string, MetricFamily> _families = new(StringComparer.Ordinal);
    private readonly MeterListener _listener = new();
    private readonly Lock _scraping = new();
    private long _scrape;

    internal MetricRegistry(object scope)
    {
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            var meter = instrument.Meter;
            var isOurs = meter.Name.StartsWith("TensorWasm", StringComparison.Ordinal) || meter.Name == "System.Runtime";
            if (!isOurs || (meter.Scope is not null && meter.Scope != scope)) return;
            listener.EnableMeasurementEvents(instrument, FamilyOf(instrument));
        };
        _listener.SetMeasurementEventCallback<long>((_, value, tags, state) => Record(state, value, tags));
        _listener.SetMeasurementEventCallback<int>((_, value, tags, state) => Record(state, value, tags));
        _listener.SetMeasurementEventCallback<double>((_, value, tags, state) => Record(state, value, tags));
        _listener.Start();
    }

    /// <summary>All metrics as text.</summary>
    internal string Scrape()
    {
        lock (_scraping)
        {
            _scrape++;
            _listener.RecordObservableInstruments();
            var text = new StringBuilder(16 << 10);
            foreach (var family in _families.Values.OrderBy(family => family.Name, StringComparer.Ordinal))
            {
                PrometheusText.Append(text, family, _scrape);
            }
            return text.ToString();
        }
    }

    public void Dispose() => _listener.Dispose();

    private void Record(object? state, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        var family = (MetricFamily)state!;
        var series = family.Find(tags);
        if (family.Kind == MetricKind.Histogram) series.Observe(value);
        else if (family.IsObservable)
        {
            series.Set(value);
            series.Scrape = _scrape;
        }
        else series.Add(value);
    }

    private MetricFamily FamilyOf(Instrument instrument)
    {
        var kind = instrument switch
        {
            Counter<long> or Counter<int> or Counter<double> => MetricKind.Counter,
            ObservableCounter<long> or ObservableCounter<int> or ObservableCounter<double> => MetricKind.Counter,
            Histogram<long> or Histogram<int> or Histogram<double> => MetricKind.Histogram,
            _ => MetricKind.Gauge,
        };
        double[] bounds = [];
        if (kind == MetricKind.Histogram)
        {
            var advised = instrument is Histogram<double> histogram ? histogram.Advice?.HistogramBucketBoundaries : null;
            bounds = advised is { Count: > 0 } ? [.. advised] : DefaultBounds;
        }
        var name = PrometheusText.NameOf(instrument.Name, instrument.Unit, kind);
        return _families.GetOrAdd(
            name, _ => new MetricFamily(name, kind, instrument.IsObservable, instrument.Description, bounds));
    }
}

using System.Globalization;
using System.Text;

namespace TensorWasm.Server;

/// <summary>The Prometheus text exposition format, version 0.0.4.</summary>
internal static class PrometheusText
{
    internal const string ContentType = "text/plain; version=0.0.4; charset=utf-8";

    /// <summary>
    /// The name of an instrument, by OpenTelemetry's rules for Prometheus: dots become underscores, the unit is spelled
    /// out at the end, counters end with <c>_total</c>.
    /// </summary>
    internal static string NameOf(string instrument, string? unit, MetricKind kind)
    {
        var name = new StringBuilder();
        AppendName(name, instrument);
        var suffix = unit switch
        {
            "s" => "_seconds",
            "ms" => "_milliseconds",
            "By" => "_bytes",
            "1" when kind == MetricKind.Gauge => "_ratio",
            _ => "",
        };
        var plain = name.ToString();
        if (suffix.Length > 0 && !plain.EndsWith(suffix, StringComparison.Ordinal)) plain += suffix;
        return kind == MetricKind.Counter && !plain.EndsWith("_total", StringComparison.Ordinal) ? plain + "_total" : plain;
    }

    internal static void AppendName(StringBuilder output, string name)
    {
        foreach (var c in name) output.Append(char.IsAsciiLetterOrDigit(c) || c == ':' ? c : '_');
    }

    internal static void AppendLabelValue(StringBuilder output, string value)
    {
        foreach (var c in value)
        {
            _ = c switch
            {
                '\\' => output.Append("\\\\"),
                '"' => output.Append("\\\""),
                '\n' => output.Append("\\n"),
                _ => output.Append(c),
            };
        }
    }

    internal static void Append(StringBuilder output, MetricFamily family, long scrape)
    {
        if (!string.IsNullOrEmpty(family.Help))
        {
            var help = family.Help.Replace("\\", "\\\\", StringComparison.Ordinal)
                .Replace("\n", "\\n", StringComparison.Ordinal);
            output.Append("# HELP ").Append(family.Name).Append(' ').Append(help).Append('\n');
        }
        var type = family.Kind switch
        {
            MetricKind.Counter => "counter",
            MetricKind.Histogram => "histogram",
            _ => "gauge",
        };
        output.Append("# TYPE ").Append(family.Name).Append(' ').Append(type).Append('\n');
        foreach (var series in family.Series)
        {
            if (family.IsObservable && series.Scrape != scrape) continue;
            if (family.Kind == MetricKind.Histogram) AppendHistogram(output, family, series);
            else AppendSample(output, family.Name, "", series.Labels, null, series.Value);
        }
    }

    private static void AppendHistogram(StringBuilder output, MetricFamily family, MetricSeries series)
    {
        var total = 0L;
        for (var i = 0; i < family.Bounds.Length; i++)
        {
            total += Volatile.Read(in series.Counts[i]);
            AppendSample(output, family.Name, "_bucket", series.Labels, Number(family.Bounds[i]), total);
        }
        total += Volatile.Read(in series.Counts[^1]);
        AppendSample(output, family.Name, "_bucket", series.Labels, "+Inf", total);
        AppendSample(output, family.Name, "_sum", series.Labels, null, series.Value);
        AppendSample(output, family.Name, "_count", series.Labels, null, total);
    }

    private static void AppendSample(
        StringBuilder output, string name, string suffix, string labels, string? bound, double value)
    {
        output.Append(name).Append(suffix);
        if (labels.Length > 0 || bound is not null)
        {
            output.Append('{').Append(labels);
            if (bound is not null) output.Append(labels.Length > 0 ? "," : "").Append("le=\"").Append(bound).Append('"');
            output.Append('}');
        }
        output.Append(' ').Append(Number(value)).Append('\n');
    }

    private static string Number(double value) => value switch
    {
        double.PositiveInfinity => "+Inf",
        double.NegativeInfinity => "-Inf",
        _ => value.ToString("R", CultureInfo.InvariantCulture),
    };
}

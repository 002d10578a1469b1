using System.Globalization;
using System.Text;

namespace TensorWasm.Server;

/// <summary>The labels of one time series, in the order in which the instrument gives them.</summary>
internal sealed class TagSet : IEquatable<TagSet>
{
    private readonly KeyValuePair<string, object?>[] _tags;

    internal TagSet(ReadOnlySpan<KeyValuePair<string, object?>> tags) => _tags = tags.ToArray();

    /// <summary>The series that takes what has no room among the others.</summary>
    internal static TagSet Overflow { get; } = new([new("otel_metric_overflow", "true")]);

    public bool Equals(TagSet? other) => other is not null && Comparer.Instance.Equals(other._tags, this);

    public override bool Equals(object? obj) => Equals(obj as TagSet);

    public override int GetHashCode() => Comparer.Instance.GetHashCode(_tags);

    /// <summary>The exposition's form: <c>a="x",b="y"</c>.</summary>
    internal string ToText()
    {
        var text = new StringBuilder();
        foreach (var (name, value) in _tags)
        {
            if (text.Length > 0) text.Append(',');
            PrometheusText.AppendName(text, name);
            text.Append("=\"");
            PrometheusText.AppendLabelValue(text, Convert.ToString(value, CultureInfo.InvariantCulture) ?? "");
            text.Append('"');
        }
        return text.ToString();
    }

    /// <summary>Finds a series by an instrument's tags without allocating.</summary>
    internal sealed class Comparer
        : IEqualityComparer<TagSet>, IAlternateEqualityComparer<ReadOnlySpan<KeyValuePair<string, object?>>, TagSet>
    {
        internal static readonly Comparer Instance = new();

        public TagSet Create(ReadOnlySpan<KeyValuePair<string, object?>> alternate) => new(alternate);

        public bool Equals(ReadOnlySpan<KeyValuePair<string, object?>> alternate, TagSet other)
        {
            if (alternate.Length != other._tags.Length) return false;
            for (var i = 0; i < alternate.Length; i++)
            {
                if (alternate[i].Key != other._tags[i].Key || !Equals(alternate[i].Value, other._tags[i].Value)) return false;
            }
            return true;
        }

        public int GetHashCode(ReadOnlySpan<KeyValuePair<string, object?>> alternate)
        {
            // Texts count by length and ends only, since every request asks here some times: the values are few, and the
            // server's own.
            var hash = alternate.Length;
            foreach (var (name, value) in alternate)
            {
                hash = (hash * 31) + name.Length;
                hash = (hash * 31) + (value is string text ? Of(text) : value?.GetHashCode() ?? 0);
            }
            return hash;
        }

        private static int Of(string text) => text.Length == 0 ? 0 : (((text.Length << 8) + text[0]) << 8) + text[^1];

        public bool Equals(TagSet? x, TagSet? y) => x is null ? y is null : x.Equals(y);

        public int GetHashCode(TagSet obj) => obj.GetHashCode();
    }
}

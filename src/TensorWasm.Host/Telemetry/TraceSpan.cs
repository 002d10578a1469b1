namespace TensorWasm.Host;

/// <summary>A span of an invocation: something that took its time.</summary>
public sealed class TraceSpan
{
    private readonly List<KeyValuePair<string, object>> _attributes = [];

    internal TraceSpan(TraceSpanKind kind, string name, int? parent, TimeSpan start) =>
        (Kind, Name, Parent, Start) = (kind, name, parent, start);

    /// <summary>Who made it.</summary>
    public TraceSpanKind Kind { get; }

    /// <summary>What it is. A guest's span has the guest's words, which may be anything.</summary>
    public string Name { get; }

    /// <summary>The index of the span around it; null where that is the invocation's.</summary>
    public int? Parent { get; }

    /// <summary>When it began, since the invocation began.</summary>
    public TimeSpan Start { get; }

    /// <summary>How long it took.</summary>
    public TimeSpan Duration { get; internal set; }

    /// <summary>Why it failed; null where it did not.</summary>
    public string? Failure { get; internal set; }

    /// <summary>Strings, whole numbers of 64 bits and floats of 64 bits by name.</summary>
    public IReadOnlyList<KeyValuePair<string, object>> Attributes => _attributes;

    internal void Set(string key, object value)
    {
        var index = _attributes.FindIndex(attribute => attribute.Key == key);
        if (index >= 0) _attributes[index] = new(key, value);
        else _attributes.Add(new(key, value));
    }
}

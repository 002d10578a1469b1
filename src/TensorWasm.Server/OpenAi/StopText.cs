namespace TensorWasm.Server;

/// <summary>Lets text through up to the first stop string; what may be the beginning of one is held back.</summary>
internal sealed class StopText(IReadOnlyList<string> stops)
{
    private string _held = "";

    /// <summary>Whether a stop string came; nothing more is let through.</summary>
    internal bool IsStopped { get; private set; }

    /// <summary>Adds text; answers what can be let through now.</summary>
    internal string Add(string text)
    {
        if (IsStopped) return "";
        if (stops.Count == 0) return text;
        var all = _held + text;
        var first = -1;
        foreach (var stop in stops)
        {
            var at = all.IndexOf(stop, StringComparison.Ordinal);
            if (at >= 0 && (first < 0 || at < first)) first = at;
        }
        if (first >= 0)
        {
            (IsStopped, _held) = (true, "");
            return all[..first];
        }
        var keep = stops.Max(stop => HeldLength(all, stop));
        _held = all[^keep..];
        return all[..^keep];
    }

    /// <summary>The text has ended: what was held back was no stop string.</summary>
    internal string End()
    {
        var rest = _held;
        _held = "";
        return rest;
    }

    // The longest end of the text that a stop string begins with.
    private static int HeldLength(string text, string stop)
    {
        for (var length = Math.Min(text.Length, stop.Length - 1); length > 0; length--)
        {
            if (text.AsSpan(text.Length - length).SequenceEqual(stop.AsSpan(0, length))) return length;
        }
        return 0;
    }
}

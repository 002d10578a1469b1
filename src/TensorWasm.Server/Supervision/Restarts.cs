using System.Globalization;

namespace TensorWasm.Server;

/// <summary>How often a supervised server was started anew, by reason, and why the last time.</summary>
/// <param name="DeviceLost">Times the device was lost.</param>
/// <param name="Killed">Times it was killed.</param>
/// <param name="Failed">Times it failed otherwise.</param>
/// <param name="Last">The last reason; null before the first.</param>
internal readonly record struct Restarts(int DeviceLost, int Killed, int Failed, RestartReason? Last)
{
    internal int Total => DeviceLost + Killed + Failed;

    /// <summary>The reasons as metrics, logs and audit records name them, with their counts.</summary>
    internal IEnumerable<(string Reason, int Count)> ByReason =>
    [
        (NameOf(RestartReason.DeviceLost), DeviceLost), (NameOf(RestartReason.Killed), Killed),
        (NameOf(RestartReason.Failed), Failed),
    ];

    internal static string NameOf(RestartReason reason) => reason switch
    {
        RestartReason.DeviceLost => "device_lost",
        RestartReason.Killed => "killed",
        _ => "failed",
    };

    internal Restarts Add(RestartReason reason) => reason switch
    {
        RestartReason.DeviceLost => this with { DeviceLost = DeviceLost + 1, Last = reason },
        RestartReason.Killed => this with { Killed = Killed + 1, Last = reason },
        _ => this with { Failed = Failed + 1, Last = reason },
    };

    /// <summary>As a supervisor hands it to the next server.</summary>
    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture, $"{DeviceLost},{Killed},{Failed},{(int?)Last}");

    /// <summary>Reads it again.</summary>
    internal static Restarts Parse(ReadOnlySpan<char> text)
    {
        Span<Range> parts = stackalloc Range[4];
        if (text.Split(parts, ',') != 4) throw new FormatException($"'{text}' is not what a supervisor hands over");
        return new(Number(text[parts[0]]), Number(text[parts[1]]), Number(text[parts[2]]),
            text[parts[3]].IsEmpty ? null : (RestartReason)Number(text[parts[3]]));
    }

    private static int Number(ReadOnlySpan<char> text) => int.Parse(text, NumberStyles.None, CultureInfo.InvariantCulture);
}

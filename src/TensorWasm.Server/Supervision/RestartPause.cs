namespace TensorWasm.Server;

/// <summary>
/// How long to wait before the next start: not at all after a server that ran for a while, otherwise 1 s, and twice as
/// long each time, up to 30 s.
/// </summary>
internal struct RestartPause
{
    /// <summary>Who ran for so long, a minute, did not fail because of its start.</summary>
    internal static readonly TimeSpan Settled = TimeSpan.FromMinutes(1);

    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(30);

    private TimeSpan _next;

    /// <summary>The pause after a server that ran so long.</summary>
    internal TimeSpan After(TimeSpan ran)
    {
        var pause = ran >= Settled ? TimeSpan.Zero : _next;
        _next = pause == TimeSpan.Zero ? TimeSpan.FromSeconds(1) : pause * 2 < Longest ? pause * 2 : Longest;
        return pause;
    }
}

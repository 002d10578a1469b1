using System.Diagnostics;

namespace TensorWasm.Server.Bench.Load;

/// <summary>
/// Drives flows from one thread that never sleeps, so that no request waits for a wake-up of ours. It wants a processor
/// of its own.
/// </summary>
internal static class LoadGenerator
{
    /// <summary>As many connections as keep a server busy.</summary>
    public const int Connections = 32;

    /// <summary>How long answers may take after the last request.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    /// <summary>Sends requests until so many were answered that the server's compiler has done what it does.</summary>
    public static void WarmUp(int port, byte[] request, double scale)
    {
        using var flow = new Flow(port, request, null, Connections);
        var answers = 0L;
        while (answers < 400_000 * scale)
        {
            Run([flow], TimeSpan.FromSeconds(1));
            answers += flow.Succeeded;
        }
    }

    /// <summary>Runs the flows for a time, and waits for their last answers.</summary>
    /// <param name="flows">The flows.</param>
    /// <param name="duration">How long requests are sent.</param>
    /// <param name="watch">Called between steps now and then, with the time since the start.</param>
    public static void Run(IReadOnlyList<Flow> flows, TimeSpan duration, Action<TimeSpan>? watch = null)
    {
        GC.Collect();
        var start = Stopwatch.GetTimestamp();
        var end = start + (long)(duration.TotalSeconds * Stopwatch.Frequency);
        foreach (var flow in flows) flow.Start(start, end);
        var last = end + (long)(Patience.TotalSeconds * Stopwatch.Frequency);
        for (var round = 0L; ; round++)
        {
            foreach (var flow in flows) flow.Step();
            var now = Stopwatch.GetTimestamp();
            if (now >= last || (now >= end && !flows.Any(static flow => flow.IsBusy))) break;
            if (watch is not null && (round & 0xFF) == 0) watch(Stopwatch.GetElapsedTime(start));
        }
        foreach (var flow in flows) flow.Stop();
    }
}

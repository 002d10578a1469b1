namespace TensorWasm.Runtime;

/// <summary>How long calls of an export take, so that quick ones need no thread of their own.</summary>
internal sealed class ExportTime
{
    /// <summary>Handing a call to another thread and back costs some 20 us.</summary>
    private static readonly TimeSpan Quick = TimeSpan.FromMicroseconds(500);

    /// <summary>A call counts as no longer than that: one whose thread was not let run tells little.</summary>
    private static readonly TimeSpan Longest = 4 * Quick;

    // It begins as slow: the first calls are compiled.
    private double _expected = Longest.Ticks;

    internal bool IsQuick => _expected < Quick.Ticks;

    /// <summary>Counts a call. Threads may overwrite each other's counting, which does no harm.</summary>
    internal void Learn(TimeSpan time) => _expected += (Math.Min(time.Ticks, Longest.Ticks) - _expected) / 8;

    /// <summary>Says that a call has already taken too long for a thread of the pool.</summary>
    internal void FindSlow() => _expected = Longest.Ticks;
}

using TensorWasm.Engine;

namespace TensorWasm.Runtime;

/// <summary>A guest that runs, and may be stopped from any thread.</summary>
/// <param name="store">The guest's store.</param>
/// <param name="due">The timestamp at which its time is over.</param>
/// <param name="quick">The times of the export that was expected to be quick, so that it runs on a thread of the pool;
/// null where it has a thread of its own.</param>
internal sealed class RunningInvocation(Store store, long due, ExportTime? quick)
{
    /// <summary>Looks of the monitor, which are 5 ms apart, after which a guest was not quick.</summary>
    private const int QuickLooks = 2;

    private int _reason;
    private int _looks;

    /// <summary>The timestamp at which its time is over.</summary>
    internal long Due { get; } = due;

    /// <summary>Where the <see cref="DeadlineMonitor"/> has it.</summary>
    internal int Index { get; set; }

    /// <summary>Why it was stopped; null where it was not.</summary>
    internal RuntimeErrorKind? StopReason =>
        Volatile.Read(ref _reason) is var reason and not 0 ? (RuntimeErrorKind)reason : null;

    /// <summary>Whether it holds a thread of the pool for longer than it should; to be asked at each look.</summary>
    internal bool HoldsPool()
    {
        if (quick is null || ++_looks < QuickLooks) return false;
        if (_looks == QuickLooks) quick.FindSlow();
        return true;
    }

    /// <summary>Stops the guest; the first reason counts.</summary>
    internal void Stop(RuntimeErrorKind reason)
    {
        if (Interlocked.CompareExchange(ref _reason, (int)reason, 0) == 0) store.Interrupt();
    }
}

using TensorWasm.Engine;

namespace TensorWasm.Runtime;

/// <summary>A guest that runs, and may be stopped from any thread.</summary>
internal sealed class RunningInvocation(Store store, long due)
{
    private int _reason;

    /// <summary>The timestamp at which its time is over.</summary>
    internal long Due { get; } = due;

    /// <summary>Where the <see cref="DeadlineMonitor"/> has it.</summary>
    internal int Index { get; set; }

    /// <summary>Why it was stopped; null where it was not.</summary>
    internal RuntimeErrorKind? StopReason =>
        Volatile.Read(ref _reason) is var reason and not 0 ? (RuntimeErrorKind)reason : null;

    /// <summary>Stops the guest; the first reason counts.</summary>
    internal void Stop(RuntimeErrorKind reason)
    {
        if (Interlocked.CompareExchange(ref _reason, (int)reason, 0) == 0) store.Interrupt();
    }
}

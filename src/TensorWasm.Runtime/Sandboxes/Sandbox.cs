using TensorWasm.Engine;

namespace TensorWasm.Runtime;

/// <summary>
/// One live instance with its memory and capabilities, for one invocation. Disposing gives back everything; a source
/// that keeps sandboxes for reuse derives from it and resets there.
/// </summary>
public abstract class Sandbox : IDisposable
{
    /// <summary>The store; its data is the <see cref="Session"/>.</summary>
    public abstract Store Store { get; }

    /// <summary>The instance, once <see cref="Start"/> has returned.</summary>
    public abstract Instance Instance { get; }

    /// <summary>What the guest's imports work on.</summary>
    public abstract GuestSession Session { get; }

    /// <summary>Bytes of its memories now; 0 before it has started.</summary>
    public abstract long MemoryBytes { get; }

    /// <summary>
    /// Brings the instance to where an export can be called; guest code may run, under the store's interruption.
    /// </summary>
    /// <exception cref="LinkException">An import is not offered, or does not match.</exception>
    /// <exception cref="LimitExceededException">The module needs more than its limits allow.</exception>
    /// <exception cref="TrapException">A segment is out of bounds, or guest code trapped.</exception>
    public abstract void Start();

    /// <summary>Adds what the guest has used; to be called when it has stopped.</summary>
    public virtual InvocationUsage Measure(InvocationUsage usage) =>
        Session.Measure(usage with { CpuTime = Store.CpuTime, MemoryBytes = MemoryBytes });

    /// <summary>Gives back what the sandbox holds.</summary>
    public void Dispose()
    {
        Dispose(true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Gives back what the sandbox holds.</summary>
    protected abstract void Dispose(bool disposing);
}

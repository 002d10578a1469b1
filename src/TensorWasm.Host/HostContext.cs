using TensorWasm.Engine;

namespace TensorWasm.Host;

/// <summary>
/// One sandbox's side of the imports that <see cref="HostLinker"/> offers: its part of a device, the deadline of the
/// invocation that runs, and the stream that it writes to. One thread at a time may use it, the one that runs the guest.
/// <para>
/// A store of a guest that uses a device is created with <see cref="Placement"/>. Dispose the store first, then this.
/// </para>
/// </summary>
public sealed class HostContext : IDisposable
{
    private readonly TimeProvider _time;
    private long _start;
    private TimeSpan? _limit;

    /// <summary>A context for one store.</summary>
    /// <param name="configuration">What its guest gets.</param>
    public HostContext(HostConfiguration configuration)
    {
        ArgumentNullException.ThrowIfNull(configuration);
        Configuration = configuration;
        _time = configuration.Time;
        Gpu = new GpuGuest(this);
    }

    /// <summary>What its guest gets.</summary>
    public HostConfiguration Configuration { get; }

    /// <summary>Its part of the device.</summary>
    public GpuGuest Gpu { get; }

    /// <summary>
    /// Where the store's memory must lie, so that kernels reach it; null when the guest has no device, or may not use it.
    /// Taking it reserves address space on the device, hence only for guests that need it
    /// (<see cref="HostLinker.UsesDevice"/>).
    /// </summary>
    /// <exception cref="Gpu.GpuException">The device has no address space left, or is lost.</exception>
    public MemoryPlacement? Placement => Gpu.Placement;

    /// <summary>What is left of the invocation's time; null for any time.</summary>
    public TimeSpan? Remaining => _limit is { } limit ? limit - _time.GetElapsedTime(_start) : null;

    /// <summary>Where <c>wasi:tensor</c> writes to and reads from in this invocation; null for nowhere.</summary>
    internal IGuestStream? Stream { get; private set; }

    /// <summary>What this invocation records of itself; null where nobody wants to know.</summary>
    public InvocationTrace? Trace { get; private set; }

    /// <summary>The span of the host call that runs; null for none.</summary>
    internal int? CallSpan { get; set; }

    /// <summary>Bytes that the guest has written in this invocation.</summary>
    internal long StreamedBytes { get; set; }

    /// <summary>
    /// Says that an invocation begins. Its deadline bounds kernels and is what <c>wasi:scheduler</c> tells; interrupting
    /// the store when it comes is the caller's part.
    /// </summary>
    /// <param name="limit">The time it has; null for any time.</param>
    /// <param name="stream">Where it writes to and reads from; null for nowhere.</param>
    /// <param name="trace">Where it records what it does; null for nowhere.</param>
    public void BeginInvocation(TimeSpan? limit = null, IGuestStream? stream = null, InvocationTrace? trace = null)
    {
        _limit = limit;
        _start = limit is null ? 0 : _time.GetTimestamp();
        Stream = stream;
        StreamedBytes = 0;
        Trace = trace;
    }

    /// <summary>
    /// Waits for the guest's kernels, and frees its part of the device. What the store's memory lies in goes with that
    /// memory.
    /// </summary>
    public void Dispose() => Gpu.Dispose();
}

using TensorWasm.Engine;
using TensorWasm.Host;
using TensorWasm.Wasi;

namespace TensorWasm.Runtime;

/// <summary>
/// A sandbox's side of the host: what its guest's imports work on. It is the store's <see cref="Store.Data"/>. One
/// thread at a time uses it, the one that runs the guest.
/// </summary>
public sealed class GuestSession : IDisposable
{
    private readonly SandboxRequest _request;
    private readonly TimeProvider _time;
    private WasiContext? _wasi;
    private HostContext? _host;

    /// <summary>A session for one invocation; nothing is opened before the guest needs it.</summary>
    public GuestSession(SandboxRequest request, TimeProvider time)
    {
        _request = request;
        _time = time;
    }

    /// <summary>
    /// Where the store's memory must lie so that kernels reach it; null for a guest that has no device.
    /// </summary>
    /// <exception cref="Gpu.GpuException">The device has no address space left, or is lost.</exception>
    public MemoryPlacement? Placement => _request.Module.UsesDevice ? Host.Placement : null;

    /// <summary>WASI; made when it is first asked for.</summary>
    public WasiContext Wasi => _wasi ??= new WasiContext(_request.CreateWasi(_time));

    /// <summary>The device, output and scheduling; made when it is first asked for.</summary>
    public HostContext Host => _host ??= CreateHost();

    /// <summary>What the invocation has recorded of itself; null where its guest imports nothing that could.</summary>
    public InvocationTrace? Trace => _host?.Trace;

    /// <summary>The session of a store.</summary>
    public static GuestSession Of(Store store) => (GuestSession)store.Data!;

    /// <summary>
    /// Adds what the guest has used of the device. It waits for its kernels, which have a deadline, too.
    /// </summary>
    public InvocationUsage Measure(InvocationUsage usage)
    {
        if (_host?.Gpu.Region is not { } region) return usage;
        region.Drain();
        return usage with { GpuTime = region.DeviceTime, Launches = region.LaunchCount };
    }

    /// <summary>Closes what the guest has open; to be called after its store was disposed.</summary>
    public void Dispose()
    {
        _host?.Dispose();
        _wasi?.Dispose();
    }

    private HostContext CreateHost()
    {
        var host = new HostContext(_request.CreateHost(_time));
        // The time that making the sandbox took is the invocation's, too.
        host.BeginInvocation(
            _request.Deadline - _time.GetElapsedTime(_request.Started),
            new InvocationStream(_request.Invocation, _request.Version.Settings.Limits.OutputBytes),
            new InvocationTrace(_time, _request.Started));
        return host;
    }
}

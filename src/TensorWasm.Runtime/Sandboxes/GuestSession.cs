using TensorWasm.Engine;
using TensorWasm.Wasi;

namespace TensorWasm.Runtime;

/// <summary>
/// A sandbox's side of the host: what its guest's imports work on. It is the store's <see cref="Store.Data"/>.
/// </summary>
public sealed class GuestSession : IDisposable
{
    private readonly SandboxRequest _request;
    private readonly TimeProvider _time;
    private WasiContext? _wasi;

    internal GuestSession(SandboxRequest request, TimeProvider time)
    {
        _request = request;
        _time = time;
    }

    /// <summary>The invocation that the sandbox is for.</summary>
    public InvocationRequest Invocation => _request.Invocation;

    /// <summary>The tenant whose guest it is.</summary>
    public TenantId Tenant => _request.Invocation.Tenant;

    /// <summary>How the guest runs.</summary>
    public FunctionSettings Settings => _request.Version.Settings;

    /// <summary>Where output is emitted to; null where nobody listens or it is not granted.</summary>
    public OutputStream? Output => Grants(FunctionCapabilities.Streaming) ? Invocation.Output : null;

    /// <summary>The bytes that the guest can read; empty where it is not granted.</summary>
    public ReadOnlyMemory<byte> Input => Grants(FunctionCapabilities.Streaming) ? Invocation.Input : default;

    /// <summary>How long the guest may still run; below zero when its time is over.</summary>
    public TimeSpan TimeLeft => _request.Deadline - _time.GetElapsedTime(_request.Started);

    internal WasiContext Wasi => _wasi ??= new WasiContext(_request.CreateWasi(_time));

    /// <summary>Whether the guest is granted something.</summary>
    public bool Grants(FunctionCapabilities capability) => (Settings.Capabilities & capability) == capability;

    /// <summary>The session of a store that a sandbox was made with.</summary>
    internal static GuestSession Of(Store store) => (GuestSession)store.Data!;

    /// <summary>Closes what the guest has open.</summary>
    public void Dispose() => _wasi?.Dispose();
}

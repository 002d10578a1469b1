using TensorWasm.Engine;
using TensorWasm.Gpu;
using TensorWasm.Ptx.Fencing;

namespace TensorWasm.Host;

/// <summary>
/// A sandbox's part of a device: its region, and what it has loaded and allocated there, by handle. Both GPU interfaces
/// act on it. Its methods throw; the imports turn that into codes.
/// </summary>
public sealed partial class GpuGuest : IDisposable
{
    private readonly HostContext _context;
    private readonly HostConfiguration _configuration;
    private RegionPlacement? _placement;
    private bool _isDisposed;

    internal GpuGuest(HostContext context)
    {
        _context = context;
        _configuration = context.Configuration;
        Tenant = _configuration.Tenant ?? new GpuTenant("guest");
    }

    /// <summary>The device; null for none.</summary>
    public GpuDevice? Device => _configuration.Device;

    /// <summary>Whose quotas it uses.</summary>
    public GpuTenant Tenant { get; }

    /// <summary>
    /// The slice of the device's address space, once the guest has one: as soon as <see cref="HostContext.Placement"/>
    /// was taken, or when it first needs the device.
    /// </summary>
    public Region? Region => _placement?.Region;

    internal MemoryPlacement? Placement => IsUsable ? TakePlacement() : null;

    /// <summary>Whether there is a device that the guest may use.</summary>
    internal bool IsUsable =>
        Device is not null && (_configuration.Capabilities & (HostCapabilities.Cuda | HostCapabilities.Gpu)) != 0;

    /// <summary>Waits until all kernels have ended. What failed stays for the guest's next wait.</summary>
    public void Drain() => Region?.Drain();

    /// <summary>
    /// Waits for the kernels and frees all that the guest has on the device, for the next guest of the same store; the
    /// region and linear memory stay.
    /// </summary>
    public void Reset()
    {
        foreach (var graph in _graphs.Items)
        {
            graph.Graph.Dispose();
        }
        foreach (var marker in _events.Items)
        {
            marker.Dispose();
        }
        foreach (var stream in _streams.Items)
        {
            stream.Stream.Dispose();
        }
        _defaultStream?.Stream.Dispose();
        foreach (var module in _modules.Items)
        {
            module.Module.Dispose();
        }
        foreach (var buffer in _buffers.Items)
        {
            buffer.Dispose();
        }
        _graphs.Clear();
        _events.Clear();
        _streams.Clear();
        _defaultStream = null;
        _kernels.Clear();
        _modules.Clear();
        _buffers.Clear();
        _ptxBytes = 0;
        _recordedBytes = 0;
        ClearError();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_isDisposed)
        {
            return;
        }
        _isDisposed = true;
        Reset();
        _placement?.Dispose();
    }

    /// <summary>The region, made when it is first needed.</summary>
    /// <exception cref="HostCallException">There is no device.</exception>
    /// <exception cref="GpuException">The device has no address space left, or is lost.</exception>
    private Region RequireRegion() =>
        Device is null
            ? throw new HostCallException(HostError.NotAvailable, _configuration.NoDeviceReason)
            : TakePlacement().Region;

    private RegionPlacement TakePlacement()
    {
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        if (_placement is null)
        {
            var region = Device!.CreateRegion(Tenant, RegionBits());
            region.KernelsEnded = (kernel, launches, time) =>
            {
                HostMetrics.KernelLatency.Record(time.TotalSeconds / launches);
                _context.Trace?.AddKernel(kernel, launches, time);
            };
            _placement = new RegionPlacement(region);
        }
        return _placement;
    }

    private int RegionBits() =>
        _configuration.RegionBits
        ?? (Tenant.Quota.MemoryBytes is { } bytes ? RegionLayout.BitsFor((ulong)bytes) : RegionLayout.DefaultBits);

    private FenceMode ModeOf(bool check) =>
        check || _configuration.ChecksAccesses ? FenceMode.Check : FenceMode.Fence;
}

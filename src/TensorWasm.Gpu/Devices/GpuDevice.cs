using TensorWasm.Ptx.Fencing;

namespace TensorWasm.Gpu;

/// <summary>
/// What executes kernels: regions are created on it. All that tenants do passes through the types of this room that are
/// common to all devices, where arguments, ranges and quotas are checked; a device adds how it maps and launches.
/// </summary>
public abstract class GpuDevice : IDisposable
{
    /// <summary>A device.</summary>
    private protected GpuDevice(DeviceInfo info, GpuDeviceOptions options)
    {
        Info = info;
        Options = options;
        Scheduler = new FairShare(Reap);
        Kernels = new KernelCache(this, options.PtxLimits, options.KernelCacheBytes);
        Store = options.KernelCacheFolder is { } folder ? new KernelStore(folder) : null;
    }

    /// <summary>What it is and can do.</summary>
    public DeviceInfo Info { get; }

    /// <summary>How it was opened.</summary>
    public GpuDeviceOptions Options { get; }

    /// <summary>Bytes of its memory that nobody has.</summary>
    public abstract ulong FreeMemoryBytes { get; }

    /// <summary>
    /// Whether it has failed and is not open again yet. Regions from before stay lost; new ones can be made afterwards.
    /// </summary>
    public abstract bool IsLost { get; }

    /// <summary>What has happened to a lost device, and what to do about it; null for one that works.</summary>
    public string? LossReason => IsLost ? Lost().Message : null;

    /// <summary>How often it was opened again. A region of an earlier time stays lost.</summary>
    internal int Generation { get; private protected set; }

    internal FairShare Scheduler { get; }

    internal KernelCache Kernels { get; }

    /// <summary>Where assembled kernels outlive the process; null for nowhere.</summary>
    internal KernelStore? Store { get; }

    /// <summary>A region for one sandbox of a tenant. Cheap: nothing is mapped yet.</summary>
    /// <param name="tenant">Whose quota it counts against.</param>
    /// <param name="bits">Logarithm of its slot's size, from <see cref="RegionLayout.DefaultBits"/> up.</param>
    /// <returns>The region.</returns>
    /// <exception cref="GpuException"><see cref="GpuErrorCode.OutOfMemory"/>: no address space is left; or
    /// <see cref="GpuErrorCode.DeviceLost"/>.</exception>
    public Region CreateRegion(GpuTenant tenant, int bits = RegionLayout.DefaultBits)
    {
        ArgumentNullException.ThrowIfNull(tenant);
        ArgumentOutOfRangeException.ThrowIfLessThan(bits, RegionLayout.DefaultBits);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(bits, RegionLayout.MaxBits);
        return IsLost ? throw Lost() : CreateRegionCore(tenant, bits);
    }

    /// <inheritdoc/>
    public abstract void Dispose();

    /// <summary>What suits the device where the way to fence leaves a choice that is not one of safety.</summary>
    protected internal virtual FenceOptions Adjust(FenceOptions options) => options;

    /// <summary>Compiles a fenced module for this device.</summary>
    /// <exception cref="GpuException">The device can't run it, with the reason.</exception>
    protected internal abstract DeviceCode Compile(FencedModule module, string hash);

    /// <summary>Reports launches that have ended to their streams. Called when a tenant waits for its turn.</summary>
    protected abstract void Reap();

    /// <summary>Takes a slot and makes a region of it.</summary>
    private protected abstract Region CreateRegionCore(GpuTenant tenant, int bits);

    /// <summary>The error for whoever uses what lay on the device when it failed.</summary>
    internal virtual GpuException Lost() => new(
        GpuErrorCode.DeviceLost,
        $"device {Info.Kind} {Info.Ordinal} ({Info.Name}) failed; what lay on it is gone: load and allocate anew");
}

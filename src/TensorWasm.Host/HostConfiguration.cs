using TensorWasm.Gpu;

namespace TensorWasm.Host;

/// <summary>What a sandbox gets beside WASI.</summary>
public sealed record HostConfiguration
{
    /// <summary>Bytes of one PTX module that a guest may load: 8 MiB. A device must be opened so that it takes as
    /// much.</summary>
    public const int MaxPtxBytes = GuestLimits.PtxBytes;

    /// <summary>The interfaces that do something: all.</summary>
    public HostCapabilities Capabilities { get; init; } = HostCapabilities.All;

    /// <summary>The device that runs its kernels; null for none.</summary>
    public GpuDevice? Device { get; init; }

    /// <summary>Why there is no device, as the guest reads it.</summary>
    public string NoDeviceReason { get; init; } = "no device was given to this sandbox";

    /// <summary>Whose quotas it uses; a tenant of its own without limits when null.</summary>
    public GpuTenant? Tenant { get; init; }

    /// <summary>Kernels that it may load by name; null for none.</summary>
    public IKernelRegistry? Kernels { get; init; }

    /// <summary>Longest time of a launch; the device's own limit when null, and never more than that.</summary>
    public TimeSpan? LaunchTimeLimit { get; init; }

    /// <summary>Whether every module is loaded so that accesses out of bounds are reported.</summary>
    public bool ChecksAccesses { get; init; }

    /// <summary>
    /// Logarithm of the size of its slice of the device's address space; when null, large enough for the tenant's quota
    /// of device memory, and 35 without one.
    /// </summary>
    public int? RegionBits { get; init; }

    /// <summary>The clock for deadlines.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;
}

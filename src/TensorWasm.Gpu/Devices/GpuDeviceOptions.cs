using TensorWasm.Ptx;

namespace TensorWasm.Gpu;

/// <summary>How a device is opened.</summary>
public sealed record GpuDeviceOptions
{
    /// <summary>Where slots come from.</summary>
    public required IAddressSpace AddressSpace { get; init; }

    /// <summary>Longest time a launch may take when it asks for none: 30 seconds.</summary>
    public TimeSpan DefaultTimeLimit { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>
    /// How much longer than its limit a launch may take before the device counts as lost: 5 seconds. Fenced kernels end
    /// themselves, so this is for what only a defect can cause.
    /// </summary>
    public TimeSpan WatchdogMargin { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>What a PTX module may cost to load.</summary>
    public PtxLimits PtxLimits { get; init; } = PtxLimits.Default;

    /// <summary>
    /// Most bytes of local memory, declared and spilled, that a kernel's thread may have: 16 KiB. The driver keeps room for
    /// all threads that can be on the device at once (270,000 on an H200), and does not give it back.
    /// </summary>
    public int MaxLocalBytesPerThread { get; init; } = 16 << 10;

    /// <summary>Bytes of kernels, PTX and code, that are kept when nobody uses them: 256 MiB.</summary>
    public long KernelCacheBytes { get; init; } = 256L << 20;

    /// <summary>Folder in which assembled kernels outlive the process; null for none.</summary>
    public string? KernelCacheFolder { get; init; }

    /// <summary>Threads that run blocks on a processor; all cores when null.</summary>
    public int? CpuThreads { get; init; }
}

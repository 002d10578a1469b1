namespace TensorWasm.Gpu;

/// <summary>What a tenant may use of each device.</summary>
public sealed record GpuQuota
{
    /// <summary>No limits but the device's own, and weight 1.</summary>
    public static GpuQuota Unlimited { get; } = new();

    /// <summary>
    /// Bytes of device memory: heap, modules, and what streams and regions cost. Unlimited when null.
    /// </summary>
    public long? MemoryBytes { get; init; }

    /// <summary>Kernel launches a second, replayed ones included; one second's worth may come at once. Unlimited when
    /// null.  </summary>
    public double? LaunchesPerSecond { get; init; }

    /// <summary>
    /// Time on the device for each second that passes, such as 250 ms for a quarter of it. A tenant that is over it may
    /// launch again when enough time has passed. Unlimited when null.
    /// </summary>
    public TimeSpan? TimePerSecond { get; init; }

    /// <summary>
    /// Share of the device when tenants compete, relative to the others' weights: above 0, 1 by default.
    /// </summary>
    public double Weight { get; init; } = 1;
}

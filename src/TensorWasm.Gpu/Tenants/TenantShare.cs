namespace TensorWasm.Gpu;

/// <summary>
/// A tenant's place in a device's <see cref="FairShare"/>. Its fields are guarded by that one's lock.
/// </summary>
internal sealed class TenantShare(GpuTenant tenant)
{
    internal GpuTenant Tenant { get; } = tenant;

    /// <summary>Regions that hold it.</summary>
    internal int Regions { get; set; }

    /// <summary>Launches that were admitted and have not ended.</summary>
    internal int InFlight { get; set; }

    /// <summary>Threads that wait to launch.</summary>
    internal int Waiting { get; set; }

    /// <summary>Device time used, divided by the weight, in nanoseconds.</summary>
    internal double VirtualTime { get; set; }

    internal bool IsActive => InFlight > 0 || Waiting > 0;
}

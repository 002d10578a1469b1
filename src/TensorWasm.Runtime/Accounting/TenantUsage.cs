namespace TensorWasm.Runtime;

/// <summary>What a tenant has used in this process, and what it holds now.</summary>
public sealed record TenantUsage
{
    /// <summary>The tenant.</summary>
    public required TenantId Tenant { get; init; }

    /// <summary>What it has used since the process started.</summary>
    public UsageCounters Total { get; init; }

    /// <summary>Invocations that run now.</summary>
    public int RunningInvocations { get; init; }

    /// <summary>Invocations that wait for a place now.</summary>
    public int QueuedInvocations { get; init; }

    /// <summary>Bytes that the linear memories of its sandboxes may grow to now.</summary>
    public long ReservedMemoryBytes { get; init; }

    /// <summary>Bytes of device memory that it holds now.</summary>
    public long DeviceBytes { get; init; }

    /// <summary>
    /// Bytes of compiled code of its functions that are held now; code shared with others counts in full.
    /// </summary>
    public long CodeBytes { get; init; }
}

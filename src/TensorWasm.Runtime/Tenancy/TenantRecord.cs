namespace TensorWasm.Runtime;

/// <summary>A tenant: who owns functions, jobs and kernels, and pays for what they use.</summary>
public sealed record TenantRecord
{
    /// <summary>Its number.</summary>
    public required TenantId Id { get; init; }

    /// <summary>A name for people, at most 128 characters; it need not be unique.</summary>
    public string Name { get; init; } = "";

    /// <summary>Whether it may act.</summary>
    public TenantStatus Status { get; init; }

    /// <summary>What it may use.</summary>
    public TenantQuota Quota { get; init; } = TenantQuota.Default;

    /// <summary>When it was created; the epoch for a tenant that is not stored.</summary>
    public DateTimeOffset CreatedAt { get; init; }

    /// <summary>When it was last changed.</summary>
    public DateTimeOffset UpdatedAt { get; init; }
}

namespace TensorWasm.Runtime;

/// <summary>
/// One entry of the audit chain. Its hash covers the entry and, through the one before, all that came before.
/// </summary>
public sealed record AuditRecord
{
    /// <summary>Its place in the chain; the first is 1, and there are no gaps.</summary>
    public required long Sequence { get; init; }

    /// <summary>When it was written, to the millisecond.</summary>
    public required DateTimeOffset Time { get; init; }

    /// <summary>The tenant that it is about; null for none.</summary>
    public TenantId? Tenant { get; init; }

    /// <summary>What happened: one JSON object, as the gateway wrote it.</summary>
    public required string Body { get; init; }

    /// <summary>The hash of the entry before; 32 zeros for the first.</summary>
    public required ReadOnlyMemory<byte> PreviousHash { get; init; }

    /// <summary>The entry's own hash, see <see cref="AuditChain"/>.</summary>
    public required ReadOnlyMemory<byte> Hash { get; init; }
}

namespace TensorWasm.Runtime;

/// <summary>A bearer token as it is stored: never the secret, only its hash.</summary>
public sealed record TokenRecord
{
    /// <summary>Its identity, which audit records name.</summary>
    public required Guid Id { get; init; }

    /// <summary>A name for people, at most 128 characters.</summary>
    public string Name { get; init; } = "";

    /// <summary>The hash that the gateway finds it by, at most 64 bytes; unique.</summary>
    public required ReadOnlyMemory<byte> Hash { get; init; }

    /// <summary>The tenants that it may act for; null for all of them.</summary>
    public IReadOnlyList<TenantId>? Tenants { get; init; }

    /// <summary>What it may do there, in the gateway's words, such as "invoke"; "*" for everything.</summary>
    public IReadOnlyList<string> Actions { get; init; } = ["*"];

    /// <summary>When it was made.</summary>
    public DateTimeOffset CreatedAt { get; init; }

    /// <summary>When it ceases to be valid; null for never.</summary>
    public DateTimeOffset? ExpiresAt { get; init; }

    /// <summary>When it was revoked; null where it was not.</summary>
    public DateTimeOffset? RevokedAt { get; init; }

    /// <summary>The token that it takes the place of, which stays valid until its own end; null for none.</summary>
    public Guid? Replaces { get; init; }

    /// <summary>Whether it is valid at a time.</summary>
    public bool IsValidAt(DateTimeOffset time) => RevokedAt is null && (ExpiresAt is not { } end || time < end);
}

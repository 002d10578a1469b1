namespace TensorWasm.Server;

/// <summary>Who asks, and what they may.</summary>
internal sealed class Caller
{
    /// <summary>Nobody: no credential has been accepted.</summary>
    internal static readonly Caller Anonymous = new()
    {
        Kind = CallerKind.Anonymous,
        TokenId = null,
        Scope = TenantScope.Of(),
        Permissions = Permissions.None,
    };

    /// <summary>Development mode: whoever reaches the loopback interface may do all but publish kernels.</summary>
    internal static readonly Caller Developer = new()
    {
        Kind = CallerKind.Development,
        TokenId = null,
        Scope = TenantScope.All,
        Permissions = Permissions.All & ~Permissions.KernelsPublish,
    };

    internal required CallerKind Kind { get; init; }

    /// <summary>The token's public id: the same across restarts, and useless as a credential.</summary>
    internal required string? TokenId { get; init; }

    internal required TenantScope Scope { get; init; }

    internal required Permissions Permissions { get; init; }

    /// <summary>From when on the token is not accepted.</summary>
    internal DateTimeOffset? ExpiresAt { get; init; }
}

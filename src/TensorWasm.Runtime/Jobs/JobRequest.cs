using System.Collections.Immutable;

namespace TensorWasm.Runtime;

/// <summary>An invocation to be carried out later.</summary>
public sealed record JobRequest
{
    /// <summary>Most characters of an idempotency key: 255.</summary>
    public const int MaxIdempotencyKeyLength = 255;

    /// <summary>Whose function it is.</summary>
    public required TenantId Tenant { get; init; }

    /// <summary>The function.</summary>
    public required FunctionReference Function { get; init; }

    /// <summary>The export to call; null for the default one.</summary>
    public string? Export { get; init; }

    /// <summary>The arguments.</summary>
    public ImmutableArray<GuestArgument> Arguments { get; init; } = [];

    /// <summary>Bytes that the guest can read; empty for none.</summary>
    public ReadOnlyMemory<byte> Input { get; init; }

    /// <summary>A deadline that is shorter than the function's; null for the function's.</summary>
    public TimeSpan? Deadline { get; init; }

    /// <summary>
    /// A key under which the same request may be sent again without its running twice; null for none.
    /// </summary>
    public string? IdempotencyKey { get; init; }

    /// <summary>The W3C traceparent of the request that submitted it; null for none.</summary>
    public string? TraceParent { get; init; }
}

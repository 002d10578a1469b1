using System.Collections.Immutable;

namespace TensorWasm.Runtime;

/// <summary>One call of a function.</summary>
public sealed record InvocationRequest
{
    /// <summary>Whose function it is.</summary>
    public required TenantId Tenant { get; init; }

    /// <summary>The function.</summary>
    public required FunctionReference Function { get; init; }

    /// <summary>The export to call; null for the default one: <c>_start</c>, else <c>main</c>.</summary>
    public string? Export { get; init; }

    /// <summary>The arguments, one for each of the export's parameters.</summary>
    public ImmutableArray<GuestArgument> Arguments { get; init; } = [];

    /// <summary>
    /// Bytes that the guest can read; empty for none. They must stay as they are until the invocation ends.
    /// </summary>
    public ReadOnlyMemory<byte> Input { get; init; }

    /// <summary>A deadline that is shorter than the function's; null for the function's.</summary>
    public TimeSpan? Deadline { get; init; }

    /// <summary>The W3C trace that it belongs to, 32 hexadecimal digits; null for the current one, or a new one.</summary>
    public string? TraceId { get; init; }

    /// <summary>The job that it is for; null for none.</summary>
    public Guid? Job { get; init; }

    /// <summary>Where the guest emits output to; null where nobody listens, which guests are told.</summary>
    public OutputStream? Output { get; init; }

    /// <summary>Where the guest's standard output goes; null for nowhere. It must not grow without bound.</summary>
    public Stream? StandardOutput { get; init; }

    /// <summary>Where the guest's standard error goes; null for nowhere. It must not grow without bound.</summary>
    public Stream? StandardError { get; init; }
}

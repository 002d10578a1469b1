using System.Collections.Immutable;

namespace TensorWasm.Runtime;

/// <summary>An asynchronous invocation. It survives the process: what was accepted runs, at least once.</summary>
public sealed record JobRecord
{
    /// <summary>Its identity.</summary>
    public required Guid Id { get; init; }

    /// <summary>Whose it is.</summary>
    public required TenantId Tenant { get; init; }

    /// <summary>The function that it invokes.</summary>
    public required Guid Function { get; init; }

    /// <summary>The version that it invokes, settled when it was accepted.</summary>
    public required int Version { get; init; }

    /// <summary>The export that it calls; null for the default one.</summary>
    public string? Export { get; init; }

    /// <summary>The arguments.</summary>
    public ImmutableArray<GuestArgument> Arguments { get; init; } = [];

    /// <summary>The bytes that the guest can read; null for none, and once the job has finished.</summary>
    public Digest? Input { get; init; }

    /// <summary>How many they are; 0 once the job has finished, as they are not kept then.</summary>
    public long InputBytes { get; init; }

    /// <summary>Its own deadline; null for the function's.</summary>
    public TimeSpan? Deadline { get; init; }

    /// <summary>The key under which the client may submit it again without its running twice; null for none.</summary>
    public string? IdempotencyKey { get; init; }

    /// <summary>The W3C traceparent of the request that submitted it; null for none.</summary>
    public string? TraceParent { get; init; }

    /// <summary>A digest of all that was asked for, by which a second request of the same key is compared.</summary>
    public required Digest Request { get; init; }

    /// <summary>Where it stands.</summary>
    public JobStatus Status { get; init; }

    /// <summary>How many times it was started.</summary>
    public int Attempts { get; init; }

    /// <summary>Whether a cancellation was asked for.</summary>
    public bool IsCancellationRequested { get; init; }

    /// <summary>When it was accepted.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>When it was last started; null before.</summary>
    public DateTimeOffset? StartedAt { get; init; }

    /// <summary>When it finished; null before.</summary>
    public DateTimeOffset? FinishedAt { get; init; }

    /// <summary>What the guest returned; null before it has, and where it failed.</summary>
    public ImmutableArray<GuestValue>? Results { get; init; }

    /// <summary>What the guest emitted; null for nothing.</summary>
    public Digest? Output { get; init; }

    /// <summary>How many bytes it emitted.</summary>
    public long OutputBytes { get; init; }

    /// <summary>Why it failed; null where it has not.</summary>
    public RuntimeError? Error { get; init; }

    /// <summary>Whether it will not change any more.</summary>
    public bool IsFinished => Status >= JobStatus.Completed;
}

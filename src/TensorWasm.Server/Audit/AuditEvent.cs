namespace TensorWasm.Server;

/// <summary>One thing that was done, tried or refused. It never holds a body, a token or guest output.</summary>
internal sealed class AuditEvent
{
    /// <summary>When, in milliseconds of Unix time.</summary>
    internal required long UnixMilliseconds { get; init; }

    /// <summary>What: a name of the action table.</summary>
    internal required string Action { get; init; }

    /// <summary>Set when the record announces an action that is about to begin; null when it tells the outcome.</summary>
    internal string? Phase { get; init; }

    internal string? RequestId { get; init; }

    internal string? TraceId { get; init; }

    internal Caller Actor { get; init; } = Caller.Anonymous;

    internal ulong? Tenant { get; init; }

    /// <summary>What it was done to: names and public ids, such as <c>function_id</c>.</summary>
    internal IReadOnlyList<KeyValuePair<string, string>> Resource { get; init; } = [];

    /// <summary>The HTTP status; 0 for records that are not about a request.</summary>
    internal int Status { get; init; }

    internal string? ErrorKind { get; init; }

    internal TimeSpan Latency { get; init; }

    internal string? PeerAddress { get; init; }

    internal string? CertificateSubject { get; init; }
}

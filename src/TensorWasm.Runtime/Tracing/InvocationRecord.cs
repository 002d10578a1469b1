using TensorWasm.Host;

namespace TensorWasm.Runtime;

/// <summary>An invocation that has ended, with what it recorded of itself.</summary>
public sealed record InvocationRecord
{
    /// <summary>Whose function it was: nobody else is shown this.</summary>
    public required TenantId Tenant { get; init; }

    /// <summary>The W3C trace that it belonged to: 32 hexadecimal digits.</summary>
    public required string TraceId { get; init; }

    /// <summary>The function.</summary>
    public required Guid Function { get; init; }

    /// <summary>The version that ran.</summary>
    public required int Version { get; init; }

    /// <summary>The export that was called.</summary>
    public required string Export { get; init; }

    /// <summary>The job that it was for; null for none.</summary>
    public Guid? Job { get; init; }

    /// <summary>Why it failed; null where the guest returned.</summary>
    public RuntimeError? Error { get; init; }

    /// <summary>What it took.</summary>
    public InvocationUsage Usage { get; init; }

    /// <summary>Its spans and log records; it is finished.</summary>
    public required InvocationTrace Trace { get; init; }
}

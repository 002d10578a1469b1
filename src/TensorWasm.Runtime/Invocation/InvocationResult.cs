using System.Collections.Immutable;
using TensorWasm.Engine;

namespace TensorWasm.Runtime;

/// <summary>How an invocation ended.</summary>
public sealed record InvocationResult
{
    /// <summary>Why it failed; null where the guest returned.</summary>
    public RuntimeError? Error { get; init; }

    /// <summary>Whether the guest returned.</summary>
    public bool Succeeded => Error is null;

    /// <summary>What the guest returned; empty where it returned nothing or failed.</summary>
    public ImmutableArray<GuestValue> Results { get; init; } = [];

    /// <summary>The version that was invoked; 0 where none was found.</summary>
    public int Version { get; init; }

    /// <summary>The trap; null where the guest did not trap.</summary>
    public TrapCode? Trap { get; init; }

    /// <summary>The guest functions that were active when it trapped, innermost first; at most 32.</summary>
    public ImmutableArray<string> Backtrace { get; init; } = [];

    /// <summary>The guest's exit code; null where it did not exit by itself.</summary>
    public int? ExitCode { get; init; }

    /// <summary>What it took.</summary>
    public InvocationUsage Usage { get; init; }
}

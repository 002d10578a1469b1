namespace TensorWasm.Runtime;

/// <summary>What the process holds at a moment, of all tenants together.</summary>
public readonly record struct RuntimeGauges
{
    /// <summary>Invocations that run, jobs included.</summary>
    public int RunningInvocations { get; init; }

    /// <summary>Invocations that wait for a place.</summary>
    public int QueuedInvocations { get; init; }

    /// <summary>Jobs that run.</summary>
    public int RunningJobs { get; init; }

    /// <summary>Modules that are held compiled.</summary>
    public int CompiledModules { get; init; }

    /// <summary>Bytes that they take.</summary>
    public long CodeBytes { get; init; }

    /// <summary>Modules that were compiled since the start.</summary>
    public long Compilations { get; init; }

    /// <summary>Compiled modules that were dropped to make room since the start.</summary>
    public long CodeEvictions { get; init; }
}

namespace TensorWasm.Runtime;

/// <summary>What one invocation took.</summary>
public readonly record struct InvocationUsage
{
    /// <summary>How long it waited for a place.</summary>
    public TimeSpan QueueTime { get; init; }

    /// <summary>How long making the sandbox took, compiling included where the module was not held compiled.</summary>
    public TimeSpan StartTime { get; init; }

    /// <summary>How long the guest ran.</summary>
    public TimeSpan RunTime { get; init; }

    /// <summary>CPU time of the guest's thread.</summary>
    public TimeSpan CpuTime { get; init; }

    /// <summary>Time of its kernels on devices.</summary>
    public TimeSpan GpuTime { get; init; }

    /// <summary>Its kernel launches.</summary>
    public long Launches { get; init; }

    /// <summary>Bytes of its linear memories at the end; they never shrink.</summary>
    public long MemoryBytes { get; init; }

    /// <summary>Bytes that it emitted.</summary>
    public long OutputBytes { get; init; }
}

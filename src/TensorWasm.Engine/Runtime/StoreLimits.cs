namespace TensorWasm.Engine;

/// <summary>What the instances of a store may use at most.</summary>
public sealed record StoreLimits
{
    /// <summary>The defaults.</summary>
    public static StoreLimits Default { get; } = new();

    /// <summary>Bytes of each memory: 4 GiB, all that 32-bit addresses reach.</summary>
    public ulong MaxMemoryBytes { get; init; } = 1UL << 32;

    /// <summary>Elements of each table: 10,000,000, as in browsers.</summary>
    public ulong MaxTableElements { get; init; } = 10_000_000;

    /// <summary>Instances: 10,000.</summary>
    public int MaxInstances { get; init; } = 10_000;

    /// <summary>Memories of all instances: 10,000.</summary>
    public int MaxMemories { get; init; } = 10_000;

    /// <summary>Tables of all instances: 100,000.</summary>
    public int MaxTables { get; init; } = 100_000;

    /// <summary>
    /// Bytes of stack for guest code: 1 MiB, about 10,000 frames of usual size. A guest that needs more than the calling
    /// thread has left runs on a thread of its own.
    /// </summary>
    public int MaxStackBytes { get; init; } = 1 << 20;
}

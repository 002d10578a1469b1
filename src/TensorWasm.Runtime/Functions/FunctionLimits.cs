namespace TensorWasm.Runtime;

/// <summary>What one sandbox of a function may use. A tenant's quota bounds what may be asked for.</summary>
public sealed record FunctionLimits
{
    /// <summary>Bytes of linear memory, all memories together: 256 MiB.</summary>
    public long MemoryBytes { get; init; } = 256L << 20;

    /// <summary>Elements of tables, all tables together: 1,000,000, some 8 MB.</summary>
    public long TableElements { get; init; } = 1_000_000;

    /// <summary>
    /// Bytes of stack: 512 KiB, from 64 KiB to 64 MiB. Up to 1 MiB, the guest needs no thread of its own.
    /// </summary>
    public int StackBytes { get; init; } = 512 << 10;

    /// <summary>How long an invocation may run, waiting excluded: 30 s.</summary>
    public TimeSpan Deadline { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>
    /// Bytes that an invocation may emit: 64 MiB, which is also the most. A guest that emits more is told that nobody
    /// listens any more.
    /// </summary>
    public long OutputBytes { get; init; } = 64L << 20;

    /// <summary>Bytes of device memory: 256 MiB.</summary>
    public long DeviceBytes { get; init; } = 256L << 20;
}

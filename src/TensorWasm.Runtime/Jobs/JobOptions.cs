namespace TensorWasm.Runtime;

/// <summary>How jobs run.</summary>
public sealed record JobOptions
{
    /// <summary>Jobs that run at once in this process: 2 for each processor.</summary>
    public int MaxConcurrent { get; init; } = 2 * Environment.ProcessorCount;

    /// <summary>
    /// How long a worker may be silent before another takes its jobs: 15 s. It renews its lease three times as often.
    /// </summary>
    public TimeSpan Lease { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>How many times a job is started before it counts as the cause of the process's end: 10.</summary>
    public int MaxAttempts { get; init; } = 10;

    /// <summary>How long a finished job is kept: 24 hours.</summary>
    public TimeSpan Retention { get; init; } = TimeSpan.FromHours(24);

    /// <summary>Bytes of a job's output that are kept: 1 MiB. What is emitted beyond is refused to the guest.</summary>
    public int MaxOutputBytes { get; init; } = 1 << 20;
}

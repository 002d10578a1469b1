namespace TensorWasm.Runtime;

/// <summary>What was used. All of it only grows.</summary>
public readonly record struct UsageCounters
{
    /// <summary>Invocations that were asked for, jobs included.</summary>
    public long Requests { get; init; }

    /// <summary>Those of them whose guest failed, or was stopped.</summary>
    public long Failures { get; init; }

    /// <summary>Those of them that were refused for want of a place or of quota.</summary>
    public long Refusals { get; init; }

    /// <summary>CPU time of guests' threads.</summary>
    public TimeSpan CpuTime { get; init; }

    /// <summary>Time of kernels on devices.</summary>
    public TimeSpan GpuTime { get; init; }

    /// <summary>Kernel launches.</summary>
    public long Launches { get; init; }

    /// <summary>Linear memory times the time that it was held, in byte-seconds.</summary>
    public double MemoryByteSeconds { get; init; }

    /// <summary>Bytes that guests emitted.</summary>
    public long OutputBytes { get; init; }

    /// <summary>Adds two.</summary>
    public static UsageCounters operator +(UsageCounters left, UsageCounters right) => left.Add(right);

    /// <summary>Adds another.</summary>
    public UsageCounters Add(UsageCounters other) => new()
    {
        Requests = Requests + other.Requests,
        Failures = Failures + other.Failures,
        Refusals = Refusals + other.Refusals,
        CpuTime = CpuTime + other.CpuTime,
        GpuTime = GpuTime + other.GpuTime,
        Launches = Launches + other.Launches,
        MemoryByteSeconds = MemoryByteSeconds + other.MemoryByteSeconds,
        OutputBytes = OutputBytes + other.OutputBytes,
    };
}

namespace TensorWasm.Runtime;

/// <summary>
/// What a tenant may use at most. Every value bounds something that the process or the disk holds for it.
/// </summary>
public sealed record TenantQuota
{
    private static readonly TimeSpan MaxTime = TimeSpan.FromDays(1);

    /// <summary>The defaults.</summary>
    public static TenantQuota Default { get; } = new();

    /// <summary>
    /// Its share of the process when more wants to run than can, relative to other tenants': 1 to 1,000.
    /// </summary>
    public int Weight { get; init; } = 1;

    /// <summary>Invocations that run at once: 16.</summary>
    public int MaxConcurrentInvocations { get; init; } = 16;

    /// <summary>Invocations that wait for a place: 256.</summary>
    public int MaxQueuedInvocations { get; init; } = 256;

    /// <summary>How long an invocation waits for a place: 5 s.</summary>
    public TimeSpan QueueTime { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>The longest deadline that a function or an invocation may have: 5 minutes.</summary>
    public TimeSpan MaxDeadline { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>Bytes of linear memory of one sandbox: 1 GiB.</summary>
    public long MaxSandboxMemoryBytes { get; init; } = 1L << 30;

    /// <summary>Bytes that all its sandboxes together may grow to: 4 GiB.</summary>
    public long MaxMemoryBytes { get; init; } = 4L << 30;

    /// <summary>Functions: 1,000.</summary>
    public int MaxFunctions { get; init; } = 1_000;

    /// <summary>Versions of one function; the oldest that no alias names goes when one more is added: 50.</summary>
    public int MaxVersions { get; init; } = 50;

    /// <summary>Bytes of one module: 48 MiB, what a JSON body of 64 MiB holds in base64.</summary>
    public long MaxModuleBytes { get; init; } = 48L << 20;

    /// <summary>Stored bytes of modules, kernels and job payloads: 2 GiB.</summary>
    public long MaxStorageBytes { get; init; } = 2L << 30;

    /// <summary>Jobs that have not finished: 1,000.</summary>
    public int MaxUnfinishedJobs { get; init; } = 1_000;

    /// <summary>
    /// Jobs that are kept, finished ones included; the oldest finished one goes when one more is added: 10,000.
    /// </summary>
    public int MaxStoredJobs { get; init; } = 10_000;

    /// <summary>Kernels in the registry, counted by versions: 256.</summary>
    public int MaxKernels { get; init; } = 256;

    /// <summary>Requests a second that the gateway takes; 0 for no limit of its own.</summary>
    public double RequestsPerSecond { get; init; }

    /// <summary>Requests that may come at once beyond the rate; 0 where <see cref="RequestsPerSecond"/> is 0.</summary>
    public int RequestBurst { get; init; }

    /// <summary>Bytes of device memory: 1 GiB.</summary>
    public long MaxDeviceBytes { get; init; } = 1L << 30;

    /// <summary>Kernel launches a second; 0 for no limit.</summary>
    public double LaunchesPerSecond { get; init; }

    /// <summary>Seconds of GPU time a second, 1 being one whole device; 0 for no limit.</summary>
    public double GpuTimePerSecond { get; init; }

    /// <summary>Says what is wrong with the values; empty where nothing is.</summary>
    public IReadOnlyList<string> Validate()
    {
        List<string> errors = [];
        Check(Weight is >= 1 and <= 1000, nameof(Weight), "from 1 to 1000");
        Check(MaxConcurrentInvocations >= 1, nameof(MaxConcurrentInvocations), "at least 1");
        Check(MaxQueuedInvocations >= 0, nameof(MaxQueuedInvocations), "at least 0");
        Check(QueueTime >= TimeSpan.Zero && QueueTime <= MaxTime, nameof(QueueTime), "from 0 to one day");
        Check(MaxDeadline > TimeSpan.Zero && MaxDeadline <= MaxTime, nameof(MaxDeadline), "above 0 and up to one day");
        Check(MaxSandboxMemoryBytes >= 0, nameof(MaxSandboxMemoryBytes), "at least 0");
        Check(MaxMemoryBytes >= 0, nameof(MaxMemoryBytes), "at least 0");
        Check(MaxFunctions >= 0, nameof(MaxFunctions), "at least 0");
        Check(MaxVersions >= 1, nameof(MaxVersions), "at least 1");
        Check(MaxModuleBytes >= 0, nameof(MaxModuleBytes), "at least 0");
        Check(MaxStorageBytes >= 0, nameof(MaxStorageBytes), "at least 0");
        Check(MaxUnfinishedJobs >= 0, nameof(MaxUnfinishedJobs), "at least 0");
        Check(MaxStoredJobs >= MaxUnfinishedJobs, nameof(MaxStoredJobs), "at least MaxUnfinishedJobs");
        Check(MaxKernels >= 0, nameof(MaxKernels), "at least 0");
        Check(double.IsFinite(RequestsPerSecond) && RequestsPerSecond >= 0, nameof(RequestsPerSecond), "at least 0");
        Check(RequestBurst >= 0, nameof(RequestBurst), "at least 0");
        Check(MaxDeviceBytes >= 0, nameof(MaxDeviceBytes), "at least 0");
        Check(double.IsFinite(LaunchesPerSecond) && LaunchesPerSecond >= 0, nameof(LaunchesPerSecond), "at least 0");
        Check(double.IsFinite(GpuTimePerSecond) && GpuTimePerSecond >= 0, nameof(GpuTimePerSecond), "at least 0");
        return errors;

        void Check(bool isRight, string name, string range)
        {
            if (!isRight) errors.Add($"{name} must be {range}.");
        }
    }
}

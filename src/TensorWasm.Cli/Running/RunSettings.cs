using TensorWasm.Engine;

namespace TensorWasm.Cli;

/// <summary>What <c>run</c> was asked to do.</summary>
internal sealed record RunSettings
{
    internal required string Module { get; init; }

    /// <summary>Arguments for the guest, or for the function that is invoked.</summary>
    internal required IReadOnlyList<string> Arguments { get; init; }

    /// <summary>The guest's own name for itself; the module's file name if null.</summary>
    internal string? ProgramName { get; init; }

    /// <summary>The export to call; null for the program's start.</summary>
    internal string? Invoke { get; init; }

    internal IReadOnlyList<FolderGrant> Folders { get; init; } = [];

    internal IReadOnlyList<VariableGrant> Variables { get; init; } = [];

    internal ulong? MaxMemoryBytes { get; init; }

    internal int? MaxStackBytes { get; init; }

    /// <summary>8 MiB, what a native program has: interpreters such as CPython recurse deeply in large frames.</summary>
    private const int DefaultStackBytes = 8 << 20;

    internal TimeSpan? Timeout { get; init; }

    internal long? Fuel { get; init; }

    internal BoundsChecks BoundsChecks { get; init; }

    internal CodeCacheChoice CodeCache { get; init; }

    internal GpuChoice Gpu { get; init; }

    /// <summary>Bytes of device memory that the guest may take; null for no limit.</summary>
    internal ulong? GpuMemoryBytes { get; init; }

    /// <summary>Longest time of a kernel; null for the device's limit.</summary>
    internal TimeSpan? GpuTimeLimit { get; init; }

    /// <summary>Whether kernels' accesses out of bounds are reported.</summary>
    internal bool GpuChecksAccesses { get; init; }

    /// <summary>A folder with PTX that the guest may load by name.</summary>
    internal string? KernelFolder { get; init; }

    internal StatisticsFormat? Statistics { get; init; }

    internal string? StatisticsFile { get; init; }

    internal StoreLimits StoreLimits
    {
        get
        {
            var limits = StoreLimits.Default;
            if (MaxMemoryBytes is { } memory) limits = limits with { MaxMemoryBytes = memory };
            limits = limits with { MaxStackBytes = MaxStackBytes ?? DefaultStackBytes };
            return limits;
        }
    }
}

using System.Diagnostics;
using TensorWasm.Gpu;

namespace TensorWasm.Cli;

/// <summary>Times and sizes of one run.</summary>
internal sealed class RunStatistics
{
    private long _phaseStart = Stopwatch.GetTimestamp();

    /// <summary>From the start of the process to the start of the command; null where that is not known.</summary>
    internal TimeSpan? Start { get; set; }

    /// <summary>Reading and decoding the module.</summary>
    internal TimeSpan Read { get; set; }

    /// <summary>Opening the device; null without one.</summary>
    internal TimeSpan? OpenDevice { get; set; }

    internal TimeSpan Validate { get; set; }

    /// <summary>Compiling to intermediate code.</summary>
    internal TimeSpan Compile { get; set; }

    internal TimeSpan Instantiate { get; set; }

    internal TimeSpan Run { get; set; }

    internal TimeSpan Total => Read + (OpenDevice ?? default) + Validate + Compile + Instantiate + Run + (Start ?? default);

    internal long ModuleBytes { get; set; }

    /// <summary>Bytes of intermediate code and metadata.</summary>
    internal long CodeBytes { get; set; }

    internal int Functions { get; set; }

    internal int FunctionsOverJitLimits { get; set; }

    /// <summary>Bytes of the exported memories; memories never shrink.</summary>
    internal ulong GuestMemoryBytes { get; set; }

    internal long? FuelUsed { get; set; }

    /// <summary>The device and what the guest used of it; null without one.</summary>
    internal (DeviceInfo Device, TenantUsage Usage)? Gpu { get; set; }

    internal bool IsFromCache { get; set; }

    internal bool UsesGuardPages { get; set; }

    internal int ExitCode { get; set; }

    /// <summary>The time since the last call, or since the statistics began.</summary>
    internal TimeSpan Lap()
    {
        var now = Stopwatch.GetTimestamp();
        var time = Stopwatch.GetElapsedTime(_phaseStart, now);
        _phaseStart = now;
        return time;
    }
}

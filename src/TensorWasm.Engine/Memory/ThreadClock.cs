using System.Diagnostics;
using static TensorWasm.Engine.Interop;

namespace TensorWasm.Engine;

/// <summary>The CPU time that the current thread has used: clock_gettime(2), CLOCK_THREAD_CPUTIME_ID.</summary>
internal static unsafe class ThreadClock
{
    private static readonly bool IsSupported =
        (OperatingSystem.IsLinux() || OperatingSystem.IsMacOS()) && Environment.Is64BitProcess && TryRead(out _);

    /// <summary>Nanoseconds since some time; only differences on one thread mean anything.</summary>
    internal static long Nanoseconds
    {
        get
        {
            if (IsSupported && TryRead(out var nanoseconds)) return nanoseconds;
            return (long)(Stopwatch.GetTimestamp() * (1e9 / Stopwatch.Frequency));
        }
    }

    private static bool TryRead(out long nanoseconds)
    {
        Libc.TimeSpec time;
        var result = Libc.clock_gettime(Libc.ThreadCpuClock, &time);
        nanoseconds = result == 0 ? (time.Seconds * 1_000_000_000) + time.Nanoseconds : 0;
        return result == 0;
    }
}

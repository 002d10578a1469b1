using System.Runtime.InteropServices;

namespace TensorWasm.Wasi;

/// <summary><c>struct timespec</c> (timespec(3)) of 64-bit Linux.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct TimeSpec
{
    /// <summary>UTIME_NOW: set to the current time (utimensat(2)).</summary>
    public const long Now = (1L << 30) - 1;

    /// <summary>UTIME_OMIT: leave as it is (utimensat(2)).</summary>
    public const long Omit = (1L << 30) - 2;

    public long Seconds;
    public long Nanoseconds;

    public readonly ulong TotalNanoseconds => ((ulong)Seconds * 1_000_000_000UL) + (ulong)Nanoseconds;

    public static TimeSpec FromNanoseconds(ulong value) =>
        new() { Seconds = (long)(value / 1_000_000_000), Nanoseconds = (long)(value % 1_000_000_000) };
}

using System.Runtime.InteropServices;

namespace TensorWasm.Wasi;

/// <summary><c>struct statx_timestamp</c> (statx(2)).</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct StatusTime
{
    public long Seconds;
    public uint Nanoseconds;
    public int Reserved;

    /// <summary>Nanoseconds since 1970; WASI has no earlier times, so those read as zero.</summary>
    public readonly ulong TotalNanoseconds =>
        Seconds < 0 ? 0 : unchecked(((ulong)Seconds * 1_000_000_000UL) + Nanoseconds);
}

using System.Diagnostics;
using TensorWasm.Gpu.Cpu.Execution;

namespace TensorWasm.Gpu.Cpu.Operations;

/// <summary>Clocks that kernels read. <c>%globaltimer</c> is the monotonic clock in nanoseconds.</summary>
internal static unsafe class Clock
{
    private static readonly double NanosecondsPerTick = 1e9 / Stopwatch.Frequency;

    /// <summary>The clock as launches read it, to set deadlines by.</summary>
    internal static ulong Now => Stopwatch.Frequency == 1_000_000_000
        ? (ulong)Stopwatch.GetTimestamp()
        : (ulong)(Stopwatch.GetTimestamp() * NanosecondsPerTick);

    /// <summary>%globaltimer; past every deadline once the launch is to end.</summary>
    internal static ulong Nanoseconds(WarpContext* warp) =>
        warp->IsCancelled != null && Volatile.Read(ref *warp->IsCancelled) != 0 ? ulong.MaxValue : Now;

    internal static uint NanosecondsLow(WarpContext* warp) => (uint)Nanoseconds(warp);

    internal static uint NanosecondsHigh(WarpContext* warp) => (uint)(Nanoseconds(warp) >> 32);

    /// <summary>%clock64: ticks of the fastest clock there is.</summary>
    internal static ulong Cycles(WarpContext* warp) => (ulong)Stopwatch.GetTimestamp();

    internal static uint CyclesLow(WarpContext* warp) => (uint)Cycles(warp);

    internal static uint CyclesHigh(WarpContext* warp) => (uint)(Cycles(warp) >> 32);

    /// <summary>%nwarpid: warps of 32 threads a block may have.</summary>
    internal static uint WarpsOf(WarpContext* warp) => ((warp->ThreadsX * warp->ThreadsY * warp->ThreadsZ) + 31) / 32;
}

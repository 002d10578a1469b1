using System.Diagnostics;
using static TensorWasm.Gpu.Interop;

namespace TensorWasm.Gpu;

/// <summary>
/// Waiting for the device without being stuck in the driver: by asking, first without pause, then ever less often. A
/// wait inside the driver could not be cancelled and would not end when a kernel does not.
/// </summary>
internal static unsafe class CudaWait
{
    private static readonly long SpinTicks = Stopwatch.Frequency / 5_000; // 200 us
    private static readonly long NapTicks = Stopwatch.Frequency / 50; // 20 ms

    /// <summary>Waits for a stream's work so far, or until the device is lost.</summary>
    internal static CudaResult ForStream(CudaDevice device, nint stream)
    {
        var start = Stopwatch.GetTimestamp();
        var result = CudaResult.CUDA_ERROR_NOT_READY;
        while (!device.IsLost && (result = Cuda.cuStreamQuery(stream)) == CudaResult.CUDA_ERROR_NOT_READY)
        {
            Pause(start);
        }
        return result;
    }

    /// <summary>Spends some time, the more the longer the wait has taken.</summary>
    /// <param name="start">When the wait began (<see cref="Stopwatch.GetTimestamp"/>).</param>
    internal static void Pause(long start)
    {
        var waited = Stopwatch.GetTimestamp() - start;
        if (waited < SpinTicks)
        {
            Thread.SpinWait(1);
        }
        else if (waited < NapTicks)
        {
            var nap = new Libc.TimeSpec { Nanoseconds = 20_000 };
            _ = Libc.nanosleep(&nap, null);
        }
        else
        {
            Thread.Sleep(1);
        }
    }
}

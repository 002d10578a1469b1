using System.Diagnostics;
using static TensorWasm.Gpu.Interop;

namespace TensorWasm.Gpu;

/// <summary>
/// The device's clock, <c>%globaltimer</c> (PTX ISA 10.28), as seen from the host's monotonic one: a kernel writes it to
/// host memory while the host looks at its own before and after. Seen: good to 5 us, drifting by 1 us a second, so it is
/// measured again now and then.
/// </summary>
internal sealed unsafe class CudaClock : IDisposable
{
    private const string Ptx = """
        .version 7.0
        .target sm_70
        .address_size 64
        .visible .entry clock(.param .u64 at)
        {
            .reg .b64 %rd<3>;
            ld.param.u64 %rd0, [at];
            mov.u64 %rd1, %globaltimer;
            st.volatile.global.u64 [%rd0], %rd1;
            ret;
        }
        """;

    private readonly CudaLibraryHandle _library;
    private readonly CudaStreamHandle _stream;
    private readonly nint _kernel;
    private readonly ulong* _words;
    private long _offset;
    private long _coarseOffset;
    private int _next;

    internal CudaClock(CudaDevice device, CudaStreamHandle stream)
    {
        _library = CudaLibraryHandle.Load(CudaAssembler.Assemble(System.Text.Encoding.UTF8.GetBytes(Ptx), "the clock"));
        _kernel = CudaCode.FindFunction(_library, "clock");
        _stream = stream;
        void* words;
        Cuda.cuMemHostAlloc(&words, 4096, Cuda.CU_MEMHOSTALLOC_PORTABLE | Cuda.CU_MEMHOSTALLOC_DEVICEMAP)
            .Check("host memory for the clock");
        _words = (ulong*)words;
        if (!TryMeasure(20))
        {
            throw new GpuException(GpuErrorCode.NotAvailable, $"device {device.Info.Name} does not answer in time");
        }
    }

    /// <summary>The device's time now, in nanoseconds.</summary>
    internal ulong Now => (ulong)(HostNanoseconds + Volatile.Read(ref _offset));

    /// <summary>
    /// The device's time after a while. From a second on it is good to some milliseconds only: reading the exact clock
    /// takes a tenth of a launch on virtual machines.
    /// </summary>
    internal ulong After(TimeSpan time)
    {
        var now = time < TimeSpan.FromSeconds(1)
            ? Now
            : (ulong)((Environment.TickCount64 * 1_000_000) + Volatile.Read(ref _coarseOffset));
        return now + ((ulong)time.Ticks * 100);
    }

    private static long HostNanoseconds =>
        (long)(Stopwatch.GetTimestamp() * (1e9 / Stopwatch.Frequency));

    /// <summary>Compares the clocks.</summary>
    /// <param name="rounds">How often; the one that took least counts.</param>
    /// <returns>false when the device was too busy to say.</returns>
    internal bool TryMeasure(int rounds)
    {
        var best = long.MaxValue;
        var offset = 0L;
        for (var i = 0; i < rounds; i++)
        {
            // A word of its own each time: a launch that was given up may still write to an earlier one.
            var word = _words + (_next++ % 512);
            Volatile.Write(ref *word, 0);
            var address = (ulong)word;
            void* parameter = &address;
            var before = HostNanoseconds;
            if (Cuda.cuLaunchKernel(_kernel, 1, 1, 1, 1, 1, 1, 0, _stream.Value, &parameter, null) != 0)
            {
                return false;
            }
            while (Volatile.Read(ref *word) == 0)
            {
                if (HostNanoseconds - before > 20_000_000)
                {
                    return best < 100_000 && Set(offset);
                }
                Thread.SpinWait(4);
            }
            var after = HostNanoseconds;
            if (after - before < best)
            {
                best = after - before;
                offset = (long)*word - before - (best / 2);
            }
        }
        return (best < 100_000 || Volatile.Read(ref _offset) == 0) && Set(offset);
    }

    public void Dispose()
    {
        _library.Dispose();
        _ = Cuda.cuMemFreeHost(_words);
    }

    private bool Set(long offset)
    {
        Volatile.Write(ref _offset, offset);
        Volatile.Write(ref _coarseOffset, offset + HostNanoseconds - (Environment.TickCount64 * 1_000_000));
        return true;
    }
}

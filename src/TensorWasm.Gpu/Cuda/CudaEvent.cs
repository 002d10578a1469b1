using System.Diagnostics;
using static TensorWasm.Gpu.Interop;

namespace TensorWasm.Gpu;

/// <summary>An event of a region on a GPU.</summary>
internal sealed unsafe class CudaEvent(CudaRegion region) : GpuEvent(region)
{
    internal CudaEventHandle Handle { get; } = CudaEventHandle.Create(isTimed: true);

    internal bool IsRecorded { get; set; }

    internal bool IsDisposed { get; private set; }

    public override bool IsComplete
    {
        get
        {
            ThrowIfUnusable();
            return !IsRecorded || Ask() != CudaResult.CUDA_ERROR_NOT_READY;
        }
    }

    public override void Wait(CancellationToken cancellation = default)
    {
        for (var start = Stopwatch.GetTimestamp(); !IsComplete; CudaWait.Pause(start))
        {
            cancellation.ThrowIfCancellationRequested();
        }
        ThrowIfUnusable();
    }

    public override TimeSpan Since(GpuEvent start)
    {
        ThrowIfUnusable();
        var earlier = start as CudaEvent;
        if (earlier is not { IsRecorded: true, IsDisposed: false } || !IsRecorded
            || !IsComplete || !earlier.IsComplete)
        {
            throw new GpuException(GpuErrorCode.InvalidHandle, "an event was not recorded, or its work has not ended");
        }
        float milliseconds;
        region.CudaDevice.Expect(
            Cuda.cuEventElapsedTime(&milliseconds, earlier.Handle.Value, Handle.Value), "time between events");
        return TimeSpan.FromMilliseconds(milliseconds);
    }

    public override void Dispose()
    {
        IsDisposed = true;
        Handle.Dispose();
    }

    private CudaResult Ask()
    {
        region.CudaDevice.Context.Enter();
        var result = Cuda.cuEventQuery(Handle.Value);
        region.CudaDevice.Watch(result);
        return result;
    }

    private void ThrowIfUnusable()
    {
        if (IsDisposed)
        {
            throw new GpuException(GpuErrorCode.InvalidHandle, "the event was disposed");
        }
        if (region.IsLost)
        {
            throw region.Device.Lost();
        }
    }
}

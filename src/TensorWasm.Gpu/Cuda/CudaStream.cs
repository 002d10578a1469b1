using System.Diagnostics;

namespace TensorWasm.Gpu;

/// <summary>A stream of a region on a GPU. It holds a lane while it has work.</summary>
internal sealed class CudaStream(CudaRegion region) : GpuStream(region)
{
    private CudaLane? _lane;

    /// <summary>Launches that have not been completed. Guarded by the lane's gate.</summary>
    internal int Pending { get; set; }

    /// <summary>
    /// Whether there was something after the last launch that is no launch. Guarded by the lane's gate.
    /// </summary>
    internal bool HasTrailing { get; set; }

    protected override bool IsIdleCore
    {
        get
        {
            Cuda.Context.Enter();
            return _lane is not { } lane || lane.IsDone(this);
        }
    }

    private CudaDevice Cuda => region.CudaDevice;

    public override void Record(GpuEvent marker)
    {
        ThrowIfUnusable();
        var cuda = Own(marker);
        Take().Record(cuda.Handle);
        cuda.IsRecorded = true;
        HasTrailing = true;
    }

    public override void WaitFor(GpuEvent marker)
    {
        ThrowIfUnusable();
        var cuda = Own(marker);
        if (cuda.IsRecorded)
        {
            Take().WaitFor(cuda.Handle);
            HasTrailing = true;
        }
    }

    /// <summary>Says that a launch is lost.</summary>
    internal void Lose(GpuException failure)
    {
        Pending--;
        Abandon(failure);
    }

    protected override void LaunchCore(
        LoadedKernel kernel, in LaunchShape shape, ReadOnlySpan<byte> parameters, TimeSpan timeLimit)
    {
        region.MakeWhole();
        Take().Launch(this, kernel, shape, parameters, timeLimit);
    }

    protected override void LaunchCore(GpuGraph graph, TimeSpan timeLimit)
    {
        region.MakeWhole();
        Take().Launch(this, (CudaGraph)graph, timeLimit);
    }

    protected override GpuGraph CreateGraph(IReadOnlyList<RecordedLaunch> launches)
    {
        Cuda.Context.Enter();
        return new CudaGraph(region, launches);
    }

    protected override void WaitCore(CancellationToken cancellation)
    {
        if (_lane is not { } lane)
        {
            return;
        }
        Cuda.Context.Enter();
        // A lost device is not asked: the driver may not answer any more.
        for (var start = Stopwatch.GetTimestamp(); !region.IsLost && !lane.IsDone(this); CudaWait.Pause(start))
        {
            cancellation.ThrowIfCancellationRequested();
        }
        _lane = null;
        HasTrailing = false;
        Cuda.Lanes.Return(lane);
        if (region.IsLost)
        {
            throw Cuda.Lost(); // whoever tells the lanes may not have come to this one yet
        }
    }

    protected override void Close()
    {
    }

    private CudaEvent Own(GpuEvent marker) => marker is CudaEvent cuda && cuda.Region == Region && !cuda.IsDisposed
        ? cuda
        : throw new GpuException(GpuErrorCode.InvalidHandle, "the event was disposed or belongs to another region");

    private CudaLane Take()
    {
        Cuda.Context.Enter();
        return _lane ??= Cuda.Lanes.Rent();
    }
}

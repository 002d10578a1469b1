namespace TensorWasm.Gpu;

/// <summary>The lanes of a device: at most so many that they take 64 MiB.</summary>
internal sealed class CudaLanePool(CudaDevice device)
{
    private const int MaxLanes = 128;

    private readonly Lock _lock = new();
    private readonly Stack<CudaLane> _free = [];
    private CudaLane[] _all = [];
    private int _next;

    /// <summary>All lanes there are.</summary>
    internal CudaLane[] All => Volatile.Read(ref _all);

    /// <summary>
    /// A lane of one's own, or, when there are too many or the device has no memory for one more, one to share.
    /// </summary>
    /// <exception cref="GpuException">There is none yet, and it can't be made.</exception>
    internal CudaLane Rent()
    {
        lock (_lock)
        {
            if (!_free.TryPop(out var lane))
            {
                lane = (_all.Length < MaxLanes ? TryCreate() : null) ?? _all[_next++ % _all.Length];
            }
            lane.Users++;
            return lane;
        }
    }

    /// <summary>Takes a lane back in which the stream has no work.</summary>
    internal void Return(CudaLane lane)
    {
        lock (_lock)
        {
            if (--lane.Users == 0 && !lane.IsForgotten)
            {
                _free.Push(lane);
            }
        }
    }

    private CudaLane? TryCreate()
    {
        try
        {
            var lane = new CudaLane(device);
            Volatile.Write(ref _all, [.. _all, lane]);
            return lane;
        }
        catch (GpuException e) when (e.Code == GpuErrorCode.OutOfMemory && _all.Length > 0)
        {
            return null;
        }
    }

    /// <summary>Forgets all lanes.</summary>
    internal void Clear()
    {
        lock (_lock)
        {
            _free.Clear();
            foreach (var lane in _all)
            {
                lane.IsForgotten = true;
            }
            Volatile.Write(ref _all, []);
        }
    }
}

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

    /// <summary>A lane of one's own, or, when there are too many, one to share.</summary>
    internal CudaLane Rent()
    {
        lock (_lock)
        {
            if (!_free.TryPop(out var lane))
            {
                if (_all.Length < MaxLanes)
                {
                    lane = new CudaLane(device);
                    Volatile.Write(ref _all, [.. _all, lane]);
                }
                else
                {
                    lane = _all[_next++ % MaxLanes];
                }
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
            if (--lane.Users == 0)
            {
                _free.Push(lane);
            }
        }
    }

    /// <summary>Forgets all lanes.</summary>
    internal void Clear()
    {
        lock (_lock)
        {
            _free.Clear();
            Volatile.Write(ref _all, []);
        }
    }
}

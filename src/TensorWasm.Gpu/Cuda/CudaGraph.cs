namespace TensorWasm.Gpu;

/// <summary>
/// Recorded launches as a graph of the driver, a chain of kernels. Status blocks and deadlines are part of the kernels'
/// parameters, which a graph fixes; deadlines are moved on when a replay would otherwise have less time than it was
/// granted. That takes 0.3 us a kernel on the host, and the driver must send the graph to the device again; so they are
/// set late, by 5 ms or a hundredth of the limit, and replays one after another share them.
/// <para>
/// Replays share status blocks, too: when a kernel was stopped, the replays that were queued by then report it as well.
/// </para>
/// </summary>
internal sealed unsafe class CudaGraph : GpuGraph
{
    private readonly CudaRegion _region;
    private readonly StatusBlocks.Run _status;
    private readonly CudaGraphBlocks _blocks;
    private readonly CudaGraphVariant? _whole;
    private CudaGraphVariant? _part;
    private (int Launch, GpuStop Stop)[] _stops = [];
    private int _inFlight;
    private int _stoppedInFlight;

    internal CudaGraph(CudaRegion region, IReadOnlyList<RecordedLaunch> launches)
        : base(region, launches)
    {
        _region = region;
        _status = region.CudaDevice.Statuses.Rent(launches.Count);
        _blocks = new CudaGraphBlocks(region.Layout, launches, _status);
        try
        {
            _whole = new CudaGraphVariant(_blocks, 0);
        }
        catch
        {
            Close();
            throw;
        }
    }

    /// <summary>Which replays are timed.</summary>
    internal LaunchSampler Sampler { get; } = new(500_000);

    /// <summary>What to launch (CUgraphExec), with deadlines that give it its time.</summary>
    /// <param name="isPart">Whether it runs on the partition.</param>
    /// <param name="deadline">When it must have ended, by the device's clock.</param>
    /// <param name="limit">How long it may take.</param>
    internal nint Prepare(bool isPart, ulong deadline, TimeSpan limit)
    {
        var slack = Math.Max(5_000_000, (ulong)limit.Ticks);
        var variant = isPart
            ? _part ??= new CudaGraphVariant(_blocks, _region.CudaDevice.Partition!.LaunchContext)
            : _whole!;
        if (variant.Deadline < deadline || variant.Deadline > deadline + slack)
        {
            variant.SetDeadline(_blocks, deadline + slack);
        }
        return variant.Value;
    }

    internal void Launched() => _inFlight++;

    /// <summary>The kernels of a replay that has ended that were stopped.</summary>
    internal IReadOnlyList<(int Launch, GpuStop Stop)> TakeStops()
    {
        _inFlight--;
        if (_stoppedInFlight > 0)
        {
            _stoppedInFlight--;
            return _stops;
        }
        var bells = _status.Doorbells(Launches.Count);
        if (!bells.ContainsAnyExcept(0u))
        {
            return [];
        }
        List<(int, GpuStop)> stops = [];
        for (var i = 0; i < bells.Length; i++)
        {
            if (bells[i] != 0 && _region.CudaDevice.TakeStop(_status, i, Launches[i].Kernel.Kernel.Name) is { } stop)
            {
                stops.Add((i, stop));
            }
        }
        _stops = [.. stops];
        _stoppedInFlight = _inFlight;
        return _stops;
    }

    protected override void Close()
    {
        if (!_region.IsLost)
        {
            _region.CudaDevice.Context.Enter();
        }
        _whole?.Dispose();
        _part?.Dispose();
        _blocks.Dispose();
        if (!_region.IsLost)
        {
            _region.CudaDevice.Statuses.Return(_status);
        }
    }
}

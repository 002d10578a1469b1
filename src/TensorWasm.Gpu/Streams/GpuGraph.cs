namespace TensorWasm.Gpu;

/// <summary>
/// Recorded launches that run one after another, put into a stream by one call (CUDA C++ programming guide, 3.2.8.7).
/// </summary>
public abstract class GpuGraph : IDisposable
{
    /// <summary>Launches a graph can have: 16,384.</summary>
    public const int MaxLaunches = 16_384;

    /// <summary>A graph of a region.</summary>
    private protected GpuGraph(Region region, IReadOnlyList<RecordedLaunch> launches)
    {
        Region = region;
        Launches = launches;
        Meters = [.. launches.GroupBy(static launch => launch.Kernel.Meter)
            .Select(static group => (group.Key, group.Count()))];
    }

    /// <summary>The region whose kernels it launches.</summary>
    public Region Region { get; }

    /// <summary>What it launches, in order.</summary>
    public IReadOnlyList<RecordedLaunch> Launches { get; }

    internal bool IsDisposed { get; private set; }

    /// <summary>What counts its kernels, and how many launches each.</summary>
    internal IReadOnlyList<(KernelMeter? Meter, int Launches)> Meters { get; }

    /// <summary>Frees it when the region's work so far has ended.</summary>
    public void Dispose()
    {
        if (IsDisposed)
        {
            return;
        }
        Region.Drain();
        IsDisposed = true;
        Region.GiveRecording(Launches);
        Close();
        GC.SuppressFinalize(this);
    }

    /// <summary>Frees what the device has of it.</summary>
    protected abstract void Close();
}

namespace TensorWasm.Gpu.Cpu;

/// <summary>An event of a region on the processor.</summary>
internal sealed class CpuEvent(CpuRegion region) : GpuEvent(region)
{
    private CpuMark? _mark;

    internal bool IsDisposed { get; private set; }

    /// <summary>The place where it was recorded last; null when it was not.</summary>
    internal CpuMark? Mark
    {
        get => Volatile.Read(ref _mark);
        set => Volatile.Write(ref _mark, value);
    }

    public override bool IsComplete
    {
        get
        {
            ThrowIfDisposed();
            return Mark?.IsReached ?? true;
        }
    }

    public override void Wait(CancellationToken cancellation = default)
    {
        ThrowIfDisposed();
        Mark?.Wait(cancellation);
    }

    public override TimeSpan Since(GpuEvent start)
    {
        ThrowIfDisposed();
        return (start as CpuEvent)?.Mark is { IsReached: true } earlier && Mark is { IsReached: true } mine
            ? TimeSpan.FromMicroseconds(((long)mine.Nanoseconds - (long)earlier.Nanoseconds) / 1000.0)
            : throw new GpuException(
                GpuErrorCode.InvalidHandle, "an event was not recorded, or its work has not ended");
    }

    public override void Dispose() => IsDisposed = true;

    private void ThrowIfDisposed()
    {
        if (IsDisposed)
        {
            throw new GpuException(GpuErrorCode.InvalidHandle, "the event was disposed");
        }
    }
}

namespace TensorWasm.Gpu;

/// <summary>
/// A point in a stream's work (<see cref="GpuStream.Record"/>), to wait for and to measure time from.
/// </summary>
public abstract class GpuEvent : IDisposable
{
    /// <summary>An event of a region.</summary>
    private protected GpuEvent(Region region) => Region = region;

    /// <summary>The region whose streams may record it.</summary>
    public Region Region { get; }

    /// <summary>Whether the work before it has ended; true when it has not been recorded.</summary>
    public abstract bool IsComplete { get; }

    /// <summary>Waits until the work before it has ended.</summary>
    /// <param name="cancellation">Ends the wait, not the work.</param>
    /// <exception cref="GpuException">The device was lost.</exception>
    public abstract void Wait(CancellationToken cancellation = default);

    /// <summary>Time on the device between two recorded events.</summary>
    /// <param name="start">The earlier one.</param>
    /// <returns>The time; negative when the other one came later.</returns>
    /// <exception cref="GpuException"><see cref="GpuErrorCode.InvalidHandle"/>: one was not recorded, or its work has
    /// not ended.</exception>
    public abstract TimeSpan Since(GpuEvent start);

    /// <inheritdoc/>
    public abstract void Dispose();
}

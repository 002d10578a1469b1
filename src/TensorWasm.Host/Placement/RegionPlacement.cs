using TensorWasm.Engine;
using TensorWasm.Gpu;

namespace TensorWasm.Host;

/// <summary>
/// Puts a guest's linear memory into its region, where kernels reach it at the address at which the guest's own code
/// does. The region goes when the memory does, or by <see cref="Dispose"/> where no memory was ever placed.
/// </summary>
/// <param name="region">A region without linear memory.</param>
public sealed class RegionPlacement(Region region) : MemoryPlacement((nint)region.Layout.LinearBase), IDisposable
{
    private const int Free = 0;
    private const int Placed = 1;
    private const int Closed = 2;

    private int _state;

    /// <summary>The region.</summary>
    public Region Region { get; } = region;

    /// <summary>Disposes the region, unless a memory lies in it: that will.</summary>
    public void Dispose()
    {
        if (Interlocked.CompareExchange(ref _state, Closed, Free) == Free)
        {
            Region.Dispose();
        }
    }

    /// <inheritdoc/>
    protected override void OnPlaced(ulong length)
    {
        ObjectDisposedException.ThrowIf(Interlocked.CompareExchange(ref _state, Placed, Free) == Closed, this);
        Region.PlaceLinear(length);
    }

    /// <inheritdoc/>
    protected override bool TryGrow(ulong oldLength, ulong newLength) => Region.TryGrowLinear(newLength);

    /// <inheritdoc/>
    protected override void Detach() => Region.RemoveLinear();

    /// <inheritdoc/>
    protected override void Release() => Region.Dispose();
}

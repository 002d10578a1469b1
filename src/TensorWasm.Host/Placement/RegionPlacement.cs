using TensorWasm.Engine;
using TensorWasm.Gpu;

namespace TensorWasm.Host;

/// <summary>
/// Puts a guest's linear memory into its region, where kernels reach it at the address at which the guest's own code
/// does. The region goes when the memory does.
/// </summary>
/// <param name="region">A region without linear memory.</param>
public sealed class RegionPlacement(Region region) : MemoryPlacement((nint)region.Layout.LinearBase)
{
    /// <summary>The region.</summary>
    public Region Region { get; } = region;

    /// <inheritdoc/>
    protected override void OnPlaced(ulong length) => Region.PlaceLinear(length);

    /// <inheritdoc/>
    protected override bool TryGrow(ulong oldLength, ulong newLength) => Region.TryGrowLinear(newLength);

    /// <inheritdoc/>
    protected override void Detach() => Region.RemoveLinear();

    /// <inheritdoc/>
    protected override void Release() => Region.Dispose();
}

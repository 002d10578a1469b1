namespace TensorWasm.Gpu;

/// <summary>Extents of a grid or a block, or an index in one.</summary>
/// <param name="X">The first, fastest running.</param>
/// <param name="Y">The second.</param>
/// <param name="Z">The third.</param>
public readonly record struct Dim3(uint X, uint Y = 1, uint Z = 1)
{
    /// <summary>The product of the extents; it can't overflow what a launch may ask for.</summary>
    public UInt128 Count => (UInt128)X * Y * Z;

    /// <inheritdoc/>
    public override string ToString() => $"({X}, {Y}, {Z})";
}

namespace TensorWasm.Gpu.Cpu.Compilation;

/// <summary>How a register's values differ between the threads of a warp.</summary>
/// <param name="Kind">What is known.</param>
/// <param name="Stride">For affine ones the difference between neighbours, modulo the register's size.</param>
internal readonly record struct Shape(ShapeKind Kind, long Stride = 0)
{
    /// <summary>Larger strides are of no use and might overflow.</summary>
    internal const long MaxStride = 1 << 24;

    internal static readonly Shape Uniform = new(ShapeKind.Affine);

    internal static readonly Shape Vector = new(ShapeKind.Vector);

    internal bool IsUniform => Kind == ShapeKind.Affine && Stride == 0;

    internal bool IsScalar => Kind == ShapeKind.Affine;

    internal bool IsVector => Kind == ShapeKind.Vector;

    internal static Shape Affine(long stride) =>
        stride is > MaxStride or < -MaxStride ? Vector : new Shape(ShapeKind.Affine, stride);

    internal Shape Join(Shape other) =>
        Kind == ShapeKind.Unknown ? other
        : other.Kind == ShapeKind.Unknown || this == other ? this
        : Vector;
}

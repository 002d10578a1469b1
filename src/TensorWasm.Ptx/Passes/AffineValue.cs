using TensorWasm.Ptx.Ir;

namespace TensorWasm.Ptx.Passes;

/// <summary>
/// A value that in iteration t is <c>Start + t * Stride</c>, modulo the size of the register. The start is an operand
/// that the preheader can read.
/// </summary>
internal sealed record AffineValue(Operand Start, Stride Stride);

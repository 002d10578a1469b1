namespace TensorWasm.Gpu.Cpu.Compilation;

/// <summary>How an instruction computes with affine values.</summary>
internal enum AffineRule
{
    /// <summary>It does not: the result is a vector.</summary>
    None,

    /// <summary>The same operation on the first thread's value; the stride follows.</summary>
    Linear,

    /// <summary>A 32-bit value is widened, which is linear unless it wraps between the first thread and the last.</summary>
    Widen,

    /// <summary>A mask of consecutive ones: linear unless the bits above it change between the threads.</summary>
    Mask,

    /// <summary>Low bits are cut off: uniform unless the rest changes between the threads.</summary>
    Drop,

    /// <summary>An or or exclusive or, which adds where the operands have no bits in common.</summary>
    Merge,

    /// <summary>A minimum or maximum: linear where all threads choose this operand.</summary>
    Clamp,
}

namespace TensorWasm.Gpu;

/// <summary>How a kernel is launched.</summary>
/// <param name="Grid">Blocks in each direction.</param>
/// <param name="Block">Threads of a block in each direction.</param>
/// <param name="DynamicSharedBytes">Bytes of shared memory beyond what the kernel declares.</param>
public readonly record struct LaunchShape(Dim3 Grid, Dim3 Block, int DynamicSharedBytes = 0);

namespace TensorWasm.Gpu.Cpu.Compilation;

/// <summary>What compiled code may assume of a launch.</summary>
/// <param name="Width">Threads that run together: 8, 16 or 32.</param>
/// <param name="HasRows">Whether such threads differ in <c>%tid.x</c> only, by one from each to the next.</param>
/// <param name="IsFull">Whether the block's threads are a multiple of the width.</param>
internal readonly record struct LaunchClass(int Width, bool HasRows, bool IsFull);

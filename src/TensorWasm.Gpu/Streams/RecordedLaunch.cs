namespace TensorWasm.Gpu;

/// <summary>A launch of a graph: checked, and with its arguments fixed.</summary>
/// <param name="Kernel">The kernel.</param>
/// <param name="Shape">How it is launched.</param>
/// <param name="Parameters">The author's parameter block.</param>
public sealed record RecordedLaunch(LoadedKernel Kernel, LaunchShape Shape, ReadOnlyMemory<byte> Parameters)
{
    /// <summary>What it costs beyond its parameters, in bytes, here and in the driver.</summary>
    internal const int Overhead = 1 << 10;
}

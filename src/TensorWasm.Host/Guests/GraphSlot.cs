using TensorWasm.Gpu;

namespace TensorWasm.Host;

/// <summary>A guest's graph.</summary>
/// <param name="graph">The graph.</param>
/// <param name="bytes">What its launches take in the host's memory.</param>
internal sealed class GraphSlot(GpuGraph graph, long bytes)
{
    internal GpuGraph Graph { get; } = graph;

    internal long Bytes { get; } = bytes;
}

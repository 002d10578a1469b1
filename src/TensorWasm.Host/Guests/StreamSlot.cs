using TensorWasm.Gpu;

namespace TensorWasm.Host;

/// <summary>A guest's stream.</summary>
/// <param name="stream">The stream.</param>
internal sealed class StreamSlot(GpuStream stream)
{
    internal GpuStream Stream { get; } = stream;

    /// <summary>Longest time of a launch, as the guest wants it; null for the operator's.</summary>
    internal TimeSpan? TimeLimit { get; set; }

    /// <summary>Bytes that the launches recorded so far take in the host's memory.</summary>
    internal long RecordedBytes { get; set; }
}

namespace TensorWasm.Runtime.State;

internal sealed class UsageRow
{
    public long TenantId { get; set; }

    public long StartMs { get; set; }

    public long Requests { get; set; }

    public long Failures { get; set; }

    public long Refusals { get; set; }

    /// <summary>In units of 100 ns.</summary>
    public long CpuTicks { get; set; }

    /// <summary>In units of 100 ns.</summary>
    public long GpuTicks { get; set; }

    public long Launches { get; set; }

    public double MemoryByteSeconds { get; set; }

    public long OutputBytes { get; set; }
}

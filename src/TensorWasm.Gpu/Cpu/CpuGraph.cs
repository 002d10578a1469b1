namespace TensorWasm.Gpu.Cpu;

/// <summary>Recorded launches on the processor, with their parameter blocks.</summary>
internal sealed class CpuGraph(CpuRegion region, IReadOnlyList<RecordedLaunch> launches) : GpuGraph(region, launches)
{
    protected override void Close()
    {
    }
}

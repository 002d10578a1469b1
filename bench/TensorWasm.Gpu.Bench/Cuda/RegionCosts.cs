using System.Diagnostics;

namespace TensorWasm.Gpu.Bench;

/// <summary>What regions and their memory cost.</summary>
internal static class RegionCosts
{
    internal static void Run(Figures figures)
    {
        var device = BenchDevice.Device;
        figures.Title("Regions", "", "each");
        var before = device.FreeMemoryBytes;
        List<Region> regions = [];
        List<DeviceBuffer> buffers = [];
        var start = Stopwatch.GetTimestamp();
        for (var i = 0; i < 1_500; i++)
        {
            var region = device.CreateRegion(new GpuTenant($"tenant {i}"));
            regions.Add(region);
            buffers.Add(region.Allocate(65_536));
        }
        figures.Row("1,500 live regions with a buffer: made", $"{Number(start, 1_500)} ms");
        figures.Row("memory of the device", $"{(before - device.FreeMemoryBytes) / 1_500 >> 10} KiB (2,048 of them the buffer's)");
        foreach (var region in regions)
        {
            using var module = region.Load(BenchKernels.Source);
            var kernel = module.FindKernel("add")!;
            var at = buffers[regions.IndexOf(region)].Address;
            region.DefaultStream.Launch(
                kernel, new LaunchShape(new(1), new(32)), BenchDevice.Pack(kernel, at, at, at, 32u));
        }
        start = Stopwatch.GetTimestamp();
        regions.ForEach(static region => region.Dispose());
        figures.Row("disposed, with what was left of their launches", $"{Number(start, 1_500)} ms");
        start = Stopwatch.GetTimestamp();
        for (var i = 0; i < 200; i++)
        {
            using var region = device.CreateRegion(new GpuTenant("again"));
            region.Allocate(65_536).Dispose();
        }
        figures.Row("made and disposed again, in a slot that was kept", $"{Number(start, 200)} ms");

        using var one = device.CreateRegion(new GpuTenant("one"));
        foreach (var size in (ulong[])[4_096, 1 << 20, 64 << 20, 1 << 30])
        {
            one.Allocate(size).Dispose();
            start = Stopwatch.GetTimestamp();
            for (var i = 0; i < 10; i++)
            {
                one.Allocate(size).Dispose();
            }
            figures.Row($"{size} bytes allocated and freed, zeroed both times", $"{Number(start, 10)} ms");
        }
        foreach (var size in (int[])[4_096, 1 << 20, 256 << 20])
        {
            using var buffer = one.Allocate((ulong)size);
            var bytes = new byte[size];
            buffer.Write(0, bytes);
            start = Stopwatch.GetTimestamp();
            for (var i = 0; i < 10; i++)
            {
                buffer.Write(0, bytes);
            }
            figures.Row($"{size} bytes copied in", $"{Number(start, 10)} ms");
        }
    }

    private static string Number(long start, int count) =>
        Figures.Number(Stopwatch.GetElapsedTime(start).TotalMilliseconds / count);
}

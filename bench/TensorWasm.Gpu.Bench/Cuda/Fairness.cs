using System.Diagnostics;

namespace TensorWasm.Gpu.Bench;

/// <summary>
/// Runaway kernels and their deadlines; and a victim that launches and waits beside an aggressor that fills the GPU
/// without pause.
/// </summary>
internal static class Fairness
{
    internal static void Deadlines(Figures figures)
    {
        using var region = BenchDevice.Device.CreateRegion(new GpuTenant("runaway"));
        using var module = region.Load(BenchKernels.Source);
        using var buffer = region.Allocate(256);
        figures.Title("Runaway kernels, ms over the deadline", "kernel", "grid", "median of 20", "most");
        (string Name, uint Blocks)[] runaways =
            [("forever", 1), ("forever", 264), ("tight", 1), ("tight", 264), ("forever", 20_000)];
        foreach (var (name, blocks) in runaways)
        {
            var kernel = module.FindKernel(name)!;
            var parameters = BenchDevice.Pack(kernel, buffer.Address);
            List<double> late = [];
            for (var i = 0; i < 20; i++)
            {
                var limit = TimeSpan.FromMilliseconds(20);
                var start = Stopwatch.GetTimestamp();
                region.DefaultStream.Launch(kernel, new LaunchShape(new(blocks), new(1_024)), parameters, limit);
                try
                {
                    region.DefaultStream.Wait();
                    throw new InvalidOperationException("an endless kernel ended");
                }
                catch (GpuException e) when (e.Code == GpuErrorCode.DeadlineExceeded)
                {
                    late.Add((Stopwatch.GetElapsedTime(start) - limit).TotalMilliseconds);
                }
            }
            figures.Row(
                name, blocks.ToString(System.Globalization.CultureInfo.InvariantCulture),
                Figures.Number(Figures.Median(late)), Figures.Number(late.Max()));
        }
    }

    internal static void Victim(Figures figures)
    {
        figures.Title(
            "A victim's launch + wait, us, beside an aggressor on the whole GPU", "aggressor's kernels", "p50", "p99",
            "most", "p99 against alone", "aggressor's share of the time");
        var alone = Measure(0, out _);
        figures.Row(
            "none", Figures.Number(Figures.Median(alone)), Figures.Number(Figures.Percentile(alone, 0.99)),
            Figures.Number(alone.Max()), "", "");
        foreach (var microseconds in (int[])[100, 1_000, 10_000])
        {
            var times = Measure(microseconds, out var share);
            var p99 = Figures.Percentile(times, 0.99);
            figures.Row(
                $"{microseconds} us", Figures.Number(Figures.Median(times)), Figures.Number(p99),
                Figures.Number(times.Max()), Figures.Number(p99 / Figures.Percentile(alone, 0.99)), Figures.Number(share));
        }
    }

    private static List<double> Measure(int microseconds, out double share)
    {
        var device = BenchDevice.Device;
        using var victim = device.CreateRegion(new GpuTenant("victim"));
        using var module = victim.Load(BenchKernels.Source);
        using var buffer = victim.Allocate(4_096);
        var kernel = module.FindKernel("add")!;
        var parameters = BenchDevice.Pack(kernel, buffer.Address, buffer.Address, buffer.Address, 32u);
        using var end = new CancellationTokenSource();
        var aggressor = new GpuTenant("aggressor");
        var thread = new Thread(() => Attack(device, aggressor, microseconds, end.Token));
        var begin = Stopwatch.GetTimestamp();
        if (microseconds > 0)
        {
            thread.Start();
            Thread.Sleep(100);
        }
        List<double> times = [];
        var count = microseconds > 1_000 ? 2_000 : 5_000;
        for (var i = -200; i < count; i++)
        {
            var start = Stopwatch.GetTimestamp();
            victim.DefaultStream.Launch(kernel, new LaunchShape(new(1), new(32)), parameters);
            victim.DefaultStream.Wait();
            if (i >= 0)
            {
                times.Add(Stopwatch.GetElapsedTime(start).TotalMicroseconds);
            }
        }
        end.Cancel();
        if (microseconds > 0)
        {
            thread.Join();
        }
        share = aggressor.Usage.DeviceTime / Stopwatch.GetElapsedTime(begin);
        return times;
    }

    private static void Attack(CudaDevice device, GpuTenant tenant, int microseconds, CancellationToken end)
    {
        using var region = device.CreateRegion(tenant);
        using var module = region.Load(BenchKernels.Source);
        using var buffer = region.Allocate(256);
        var kernel = module.FindKernel("spin")!;
        var parameters = BenchDevice.Pack(kernel, buffer.Address, (ulong)microseconds * 1_000);
        var shape = new LaunchShape(new((uint)device.Info.Multiprocessors * 2), new(1_024));
        while (!end.IsCancellationRequested)
        {
            region.DefaultStream.Launch(kernel, shape, parameters, cancellation: CancellationToken.None);
        }
        region.DefaultStream.Wait(CancellationToken.None);
    }
}

using System.Diagnostics;
using System.Text;
using TensorWasm.Ptx;
using TensorWasm.Ptx.Fencing;

namespace TensorWasm.Gpu.Bench;

/// <summary>From PTX text to a kernel: parse, verify and fence; the first load; the second.</summary>
internal static class LoadCosts
{
    internal static void Run(Figures figures, string samples)
    {
        // Different kernels under different names, until there are 50 KB.
        var text = new StringBuilder();
        var files = Directory.GetFiles(samples, "kernel.ptx", SearchOption.AllDirectories).Order().ToArray();
        figures.Title("Loading, us", "", "median", "least", "most");
        foreach (var path in files.OrderByDescending(static path => new FileInfo(path).Length).Take(3))
        {
            var one = File.ReadAllBytes(path);
            Row(figures, $"parse, verify, fence {Path.GetFileName(Path.GetDirectoryName(path))}, {one.Length} bytes", 50,
                () => Apply(one));
        }
        for (var copy = 0; text.Length < 50_000; copy++)
        {
            var source = File.ReadAllText(files[copy % files.Length]);
            var body = source[source.IndexOf(".visible", StringComparison.Ordinal)..];
            text.Append(body.Replace(".entry ", $".entry k{copy}_", StringComparison.Ordinal)
                .Replace("$L__", $"$L{copy}__", StringComparison.Ordinal));
        }
        var module = Encoding.UTF8.GetBytes(".version 7.8\n.target sm_80\n.address_size 64\n" + text);
        try
        {
            Row(figures, $"parse, verify, fence {module.Length} bytes of sample kernels", 50, () => Apply(module));
        }
        catch (InvalidOperationException e)
        {
            figures.Line($"(no 50 KB module: {e.Message})");
        }

        var device = BenchDevice.Device;
        using var region = device.CreateRegion(new GpuTenant("loads"));
        region.Allocate(256).Dispose();
        var first = File.ReadAllBytes(files[0]);
        var start = Stopwatch.GetTimestamp();
        using var keep = region.Load(first);
        figures.Row(
            $"first load, {first.Length} bytes", Figures.Number(Stopwatch.GetElapsedTime(start).TotalMicroseconds), "", "");
        using var other = device.CreateRegion(new GpuTenant("another"));
        other.Allocate(256).Dispose();
        Row(figures, "second load, by another tenant", 2_000, () => other.Load(first).Dispose());
    }

    private static void Apply(byte[] ptx)
    {
        var fenced = PtxFence.Apply(ptx, new FenceOptions { RegionBits = RegionLayout.DefaultBits });
        if (!fenced.IsValid)
        {
            throw new InvalidOperationException(fenced.Diagnostics[0].ToString());
        }
        _ = fenced.Print();
    }

    private static void Row(Figures figures, string name, int count, Action run)
    {
        for (var i = 0; i < 100; i++)
        {
            run();
        }
        List<double> times = [];
        for (var i = 0; i < count; i++)
        {
            var start = Stopwatch.GetTimestamp();
            run();
            times.Add(Stopwatch.GetElapsedTime(start).TotalMicroseconds);
        }
        figures.Row(name, Figures.Number(Figures.Median(times)), Figures.Number(times.Min()), Figures.Number(times.Max()));
    }
}

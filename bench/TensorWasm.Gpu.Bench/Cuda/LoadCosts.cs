using System.Diagnostics;
using System.Text;
using TensorWasm.Ptx;
using TensorWasm.Ptx.Fencing;

namespace TensorWasm.Gpu.Bench;

/// <summary>From PTX text to a kernel: parse, verify and fence; the first load; the second.</summary>
/// <remarks>
/// This program compiles each method once, without tiers, so that no figure changes while it is taken. A server has tiers
/// and profiles: after some seconds its hot code is compiled with what was seen of its calls, and so is the class
/// library's, which is used as it was precompiled for ever without tiers. Parsing and fencing are much of both, so they are
/// measured as a server has them with DOTNET_TieredCompilation=1 DOTNET_TieredPGO=1 in the environment.
/// </remarks>
internal static class LoadCosts
{
    /// <summary>Long enough for the runtime to count calls, profile, and compile what is hot.</summary>
    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(3);

    internal static void Run(Figures figures, string samples)
    {
        // Different kernels under different names, until there are 50 KB.
        var text = new StringBuilder();
        var files = Directory.GetFiles(samples, "kernel.ptx", SearchOption.AllDirectories).Order().ToArray();
        figures.Title("Loading, us", "", "median", "least", "most");
        var isTiered = Environment.GetEnvironmentVariable("DOTNET_TieredCompilation") == "1"
            && Environment.GetEnvironmentVariable("DOTNET_TieredPGO") == "1";
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
        figures.Line();
        figures.Line(isTiered
            ? "The runtime has tiers and profiles, as in a server."
            : "The runtime compiles once, without tiers and profiles; with DOTNET_TieredCompilation=1 DOTNET_TieredPGO=1 it is as in a server.");
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
        for (var begin = Stopwatch.GetTimestamp(); Stopwatch.GetElapsedTime(begin) < WarmUp;)
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

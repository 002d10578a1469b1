using System.Globalization;

namespace TensorWasm.Gpu.Bench;

/// <summary>The figures of a CUDA device.</summary>
internal static class CudaSuite
{
    /// <summary>Sections.</summary>
    internal static string[] Sections { get; } = ["launches", "guest", "loads", "fences", "deadlines", "victim", "regions"];

    internal static int Run(string samples, string? output, string[] wanted)
    {
        if (CudaDriver.UnavailableReason is { } reason)
        {
            Console.Error.WriteLine(reason);
            return 1;
        }
        var figures = new Figures();
        var info = BenchDevice.Device.Info;
        figures.Line("# CUDA device");
        figures.Line();
        figures.Line(string.Create(
            CultureInfo.InvariantCulture,
            $"{info.Name}, driver for CUDA {info.DriverVersion}, {Environment.ProcessorCount} processors, "
            + $"{DateTime.UtcNow:yyyy-MM-dd HH:mm} UTC, median of several runs"));
        if (wanted.Length == 0)
        {
            wanted = Sections;
        }
        foreach (var section in Sections.Where(wanted.Contains))
        {
            switch (section)
            {
                case "launches":
                    LaunchCosts.Run(figures);
                    break;
                case "guest":
                    GuestLaunches.Run(figures, BenchDevice.Device, launches: 20_000);
                    break;
                case "loads":
                    LoadCosts.Run(figures, samples);
                    break;
                case "fences":
                    FenceCosts.Run(figures, samples);
                    break;
                case "deadlines":
                    Fairness.Deadlines(figures);
                    break;
                case "victim":
                    Fairness.Victim(figures);
                    break;
                default:
                    RegionCosts.Run(figures);
                    break;
            }
        }
        if (output is not null)
        {
            figures.Save(output);
        }
        return 0;
    }
}

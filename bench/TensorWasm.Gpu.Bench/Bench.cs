using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;

namespace TensorWasm.Gpu.Bench;

/// <summary>
/// Runs the sample kernels on a device and as plain loops on all cores, checks that both agree, and prints medians.
/// Usage: TensorWasm.Gpu.Bench --cpu [--runs N] [--only NAME] [--samples FOLDER]; --cpu guest, which is
/// <see cref="GuestLaunches"/>; --cuda, which is <see cref="CudaSuite"/>; or --assemble FOLDER OUTPUT, which is
/// <see cref="Assembly"/>.
/// </summary>
internal static class Bench
{
    private const double Bar = 3.0;

    public static int Main(string[] args)
    {
        if (args.Contains("--cuda"))
        {
            return CudaSuite.Run(
                Option(args, "--samples") ?? "samples",
                Option(args, "--output"),
                [.. args.Where(CudaSuite.Sections.Contains)]);
        }

        if (args is ["--assemble", var kernels, var output])
        {
            return Assembly.Run(kernels, output);
        }

        if (!args.Contains("--cpu"))
        {
            Console.Error.WriteLine(
                "usage: --cpu [guest] [--runs N] [--only NAME] [--samples FOLDER]\n"
                + "       --cuda [--samples FOLDER] [--output FILE] [SECTION ...], sections: "
                + string.Join(", ", CudaSuite.Sections)
                + "\n       --assemble FOLDER OUTPUT");
            return 2;
        }

        int runs = int.Parse(Option(args, "--runs") ?? "9", CultureInfo.InvariantCulture);
        string folder = Option(args, "--samples") ?? "samples";
        string? only = Option(args, "--only");
        using var machine = new Machine(folder);
        if (args.Contains("guest"))
        {
            GuestLaunches.Run(new Figures(), machine.Device, launches: 2_000);
            return 0;
        }

        Console.WriteLine($"# {DateTime.UtcNow:yyyy-MM-dd HH:mm} UTC, {RuntimeInformation.OSDescription}, "
            + $"{RuntimeInformation.FrameworkDescription}, {machine.Device.Info.Name}, median of {runs}");
        Console.WriteLine("kernel\tdevice ms\tplain C# ms\tdevice/plain\tfirst launch ms\tagrees");
        bool isGood = true;
        double product = 1;
        int count = 0;
        foreach (Sample sample in Samples.All.Where(s => only is null || s.Name == only))
        {
            (double device, double plain, double first, string difference) = Measure(machine, sample, runs);
            product *= device / plain;
            count++;
            isGood &= difference.Length == 0 && device / plain <= Bar;
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"{sample.Name}\t{device:0.000}\t{plain:0.000}\t{device / plain:0.00}\t{first:0.0}\t{(difference.Length == 0 ? "yes" : difference)}"));
        }

        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture, $"geometric mean\t\t\t{Math.Pow(product, 1.0 / count):0.00}"));
        return isGood ? 0 : 1;
    }

    private static (double Device, double Plain, double First, string Difference) Measure(
        Machine machine, Sample sample, int runs)
    {
        using Work work = machine.Load(sample);
        double first = Time(work.Launch);
        sample.RunPlain();
        string difference = work.Difference();
        double[] device = new double[runs];
        double[] plain = new double[runs];
        work.Launch();
        work.Launch();
        sample.RunPlain();
        for (int i = 0; i < runs; i++)
        {
            device[i] = Time(work.Launch);
            plain[i] = Time(sample.RunPlain);
        }

        Array.Sort(device);
        Array.Sort(plain);
        return (device[runs / 2], plain[runs / 2], first, difference);
    }

    private static double Time(Action action)
    {
        long start = Stopwatch.GetTimestamp();
        action();
        return Stopwatch.GetElapsedTime(start).TotalMilliseconds;
    }

    private static string? Option(string[] args, string name)
    {
        int at = Array.IndexOf(args, name);
        return at >= 0 && at + 1 < args.Length ? args[at + 1] : null;
    }
}

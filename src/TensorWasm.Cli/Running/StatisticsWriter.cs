using System.Diagnostics;
using System.Globalization;
using System.Runtime;
using System.Text;
using System.Text.Json;

namespace TensorWasm.Cli;

/// <summary>Prints the statistics of a run.</summary>
internal static class StatisticsWriter
{
    internal static string Write(RunStatistics statistics, StatisticsFormat format, string module) =>
        format == StatisticsFormat.Json ? Json(statistics, module) : Text(statistics, module);

    private static string Json(RunStatistics statistics, string module)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteString("module", module);
            json.WriteNumber("exitCode", statistics.ExitCode);
            json.WriteString("boundsChecks", statistics.UsesGuardPages ? "guard" : "explicit");
            json.WriteBoolean("fromCache", statistics.IsFromCache);
            json.WriteStartObject("milliseconds");
            foreach (var (name, time) in Times(statistics)) json.WriteNumber(name, Math.Round(time.TotalMilliseconds, 3));
            json.WriteEndObject();
            json.WriteStartObject("bytes");
            foreach (var (name, bytes) in Sizes(statistics)) json.WriteNumber(name, bytes);
            json.WriteEndObject();
            json.WriteStartObject("functions");
            json.WriteNumber("defined", statistics.Functions);
            json.WriteNumber("overJitLimits", statistics.FunctionsOverJitLimits);
            json.WriteEndObject();
            json.WriteStartObject("jit");
            json.WriteNumber("methods", JitInfo.GetCompiledMethodCount());
            json.WriteNumber("milliseconds", Math.Round(JitInfo.GetCompilationTime().TotalMilliseconds, 3));
            json.WriteEndObject();
            if (statistics.FuelUsed is { } fuel) json.WriteNumber("fuelUsed", fuel);
            if (statistics.Gpu is { } gpu)
            {
                json.WriteStartObject("gpu");
                json.WriteString("device", gpu.Device.Name);
                json.WriteNumber("launches", gpu.Usage.Launches);
                json.WriteNumber("milliseconds", Math.Round(gpu.Usage.DeviceTime.TotalMilliseconds, 3));
                json.WriteNumber("peakBytes", gpu.Usage.PeakMemoryBytes);
                json.WriteNumber("bytesCopied", gpu.Usage.BytesCopied);
                json.WriteNumber("stops", gpu.Usage.Stops);
                json.WriteEndObject();
            }
            json.WriteEndObject();
        }
        return Encoding.UTF8.GetString(buffer.GetBuffer(), 0, (int)buffer.Length) + "\n";
    }

    private static string Text(RunStatistics statistics, string module)
    {
        var text = new StringBuilder();
        void Row(string name, string value) => text.Append(CultureInfo.InvariantCulture, $"  {name,-22}{value}\n");

        text.Append(CultureInfo.InvariantCulture, $"{module}: exit code {statistics.ExitCode}\n");
        foreach (var (name, time) in Times(statistics)) Row(name, Duration.Format(time));
        foreach (var (name, bytes) in Sizes(statistics)) Row(name, ByteSize.Format(bytes));
        Row("functions", string.Create(
            CultureInfo.InvariantCulture, $"{statistics.Functions}, {statistics.FunctionsOverJitLimits} over JIT limits"));
        Row("jit", string.Create(
            CultureInfo.InvariantCulture,
            $"{JitInfo.GetCompiledMethodCount()} methods in {Duration.Format(JitInfo.GetCompilationTime())}"));
        Row("bounds checks", statistics.UsesGuardPages ? "guard pages" : "explicit");
        Row("code cache", statistics.IsFromCache ? "used" : "not used");
        if (statistics.FuelUsed is { } fuel) Row("fuel used", fuel.ToString(CultureInfo.InvariantCulture));
        if (statistics.Gpu is { } gpu)
        {
            Row("device", Printable.Escape(gpu.Device.Name));
            Row("launches", string.Create(
                CultureInfo.InvariantCulture,
                $"{gpu.Usage.Launches} in {Duration.Format(gpu.Usage.DeviceTime)}, {gpu.Usage.Stops} stopped"));
            Row("device memory", ByteSize.Format(gpu.Usage.PeakMemoryBytes));
        }
        return text.ToString();
    }

    private static IEnumerable<(string Name, TimeSpan Time)> Times(RunStatistics statistics)
    {
        if (statistics.Start is { } start) yield return ("start", start);
        yield return ("read", statistics.Read);
        if (statistics.OpenDevice is { } device) yield return ("device", device);
        yield return ("validate", statistics.Validate);
        yield return ("compile", statistics.Compile);
        yield return ("instantiate", statistics.Instantiate);
        yield return ("run", statistics.Run);
        yield return ("total", statistics.Total);
    }

    private static IEnumerable<(string Name, long Bytes)> Sizes(RunStatistics statistics)
    {
        yield return ("module", statistics.ModuleBytes);
        yield return ("code", statistics.CodeBytes);
        yield return ("guestMemory", (long)statistics.GuestMemoryBytes);
        using var process = Process.GetCurrentProcess();
        yield return ("peakMemory", process.PeakWorkingSet64);
    }
}

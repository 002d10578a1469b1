using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text.Json.Nodes;

namespace TensorWasm.Bench.Reporting;

/// <summary>Where and with what a measurement was made.</summary>
internal static class Machine
{
    public static JsonObject Describe(Settings settings)
    {
        var info = new JsonObject
        {
            ["processor"] = Processor(),
            ["cores"] = Environment.ProcessorCount,
            ["memoryMiB"] = GC.GetGCMemoryInfo().TotalAvailableMemoryBytes >> 20,
            ["system"] = RuntimeInformation.OSDescription,
            ["dotnet"] = RuntimeInformation.FrameworkDescription,
            ["node"] = Output(Settings.Node, "-p", "process.versions.node"),
            ["v8"] = Output(Settings.Node, "-p", "process.versions.v8"),
            ["commit"] = Output("git", "-C", settings.Root, "rev-parse", "--short", "HEAD"),
            ["date"] = DateTime.UtcNow.ToString("yyyy-MM-dd HH:mm", null) + " UTC",
            ["command"] = settings.Command,
            ["loadBefore"] = File.Exists("/proc/loadavg") ? File.ReadAllText("/proc/loadavg").Split(' ')[0] : "unknown",
        };
        return info;
    }

    /// <summary>What a program prints, trimmed; "unknown" where it can't be run.</summary>
    public static string Output(string program, params string[] arguments)
    {
        try
        {
            using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true })!;
            var text = process.StandardOutput.ReadToEnd().Trim();
            process.WaitForExit();
            return text;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return "unknown";
        }
    }

    private static string Processor()
    {
        const string File = "/proc/cpuinfo";
        if (!System.IO.File.Exists(File))
            return RuntimeInformation.ProcessArchitecture.ToString();
        var lines = System.IO.File.ReadLines(File).TakeWhile(line => line.Length > 0).Select(line => line.Split(':', 2));
        var values = lines.Where(pair => pair.Length == 2).ToDictionary(pair => pair[0].Trim(), pair => pair[1].Trim());
        return $"{values.GetValueOrDefault("model name", "unknown")} (family {values.GetValueOrDefault("cpu family")}, "
            + $"model {values.GetValueOrDefault("model")})";
    }
}

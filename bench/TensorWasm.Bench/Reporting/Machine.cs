using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text.Json.Nodes;

namespace TensorWasm.Bench.Reporting;

/// <summary>Where and with what a measurement was made.</summary>
internal static class Machine
{
    /// <summary>The machine now.</summary>
    /// <param name="root">The repository.</param>
    /// <param name="command">The command that measures.</param>
    public static JsonObject Describe(string root, string command)
    {
        return new JsonObject
        {
            ["processor"] = Processor(),
            ["cores"] = Environment.ProcessorCount,
            ["memoryMiB"] = GC.GetGCMemoryInfo().TotalAvailableMemoryBytes >> 20,
            ["system"] = RuntimeInformation.OSDescription,
            ["dotnet"] = RuntimeInformation.FrameworkDescription,
            ["commit"] = Output("git", "-C", root, "rev-parse", "--short", "HEAD"),
            ["date"] = DateTime.UtcNow.ToString("yyyy-MM-dd HH:mm", null) + " UTC",
            ["command"] = command,
            ["loadBefore"] = File.Exists("/proc/loadavg") ? File.ReadAllText("/proc/loadavg").Split(' ')[0] : "unknown",
        };
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

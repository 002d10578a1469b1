using System.Diagnostics;

namespace TensorWasm.Bench.Programs;

/// <summary>One run of a program in a process of its own.</summary>
internal sealed record ProgramRun(string Output, string Errors, int ExitCode, double Milliseconds)
{
    /// <summary>Runs it to its end; the variables are in addition to this process's.</summary>
    public static ProgramRun Start(string program, string[] arguments, params (string Name, string Value)[] environment)
    {
        var info = new ProcessStartInfo(program, arguments)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = true,
        };
        foreach (var (name, value) in environment)
            info.Environment[name] = value;
        var start = Stopwatch.GetTimestamp();
        using var process = Process.Start(info)!;
        process.StandardInput.Close();
        var errors = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return new ProgramRun(
            output, errors.GetAwaiter().GetResult(), process.ExitCode, Stopwatch.GetElapsedTime(start).TotalMilliseconds);
    }
}

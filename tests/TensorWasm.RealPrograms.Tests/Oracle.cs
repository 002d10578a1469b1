using System.Diagnostics;

namespace TensorWasm.RealPrograms.Tests;

/// <summary>Runs a program of the system, whose answer is the expected one.</summary>
internal static class Oracle
{
    public static Outcome Run(string program, string[] arguments, string input = "")
    {
        var info = new ProcessStartInfo(program, arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        info.Environment["NODE_NO_WARNINGS"] = "1";
        using var process = Process.Start(info)!;
        process.StandardInput.Write(input);
        process.StandardInput.Close();
        var errors = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return new Outcome(process.ExitCode, output, errors.GetAwaiter().GetResult());
    }

    /// <summary>The same guest in Node's WASI.</summary>
    public static Outcome RunInNode(string path, string[] arguments, string input, string folders) =>
        Run(
            Prerequisites.Node,
            [Path.Combine(Repository.Root, "bench", "v8", "wasi.mjs"), path, folders, .. arguments], input);
}

using System.Diagnostics;
using System.Runtime.CompilerServices;

namespace TensorWasm.Sandbox.Tests;

/// <summary>
/// Runs a test in a process of its own, where a failure of the sandbox would end that process: a stack overflow, a fault.
/// The child is this program, asked for that one test.
/// </summary>
internal static class Isolated
{
    private const string ChildVariable = "TENSORWASM_SANDBOX_CHILD";

    internal static void Run(Type type, Action<BoundsChecks> body, int seconds = 120, [CallerMemberName] string method = "")
    {
        if (Environment.GetEnvironmentVariable(ChildVariable) == method)
        {
            foreach (var mode in Guests.Modes)
            {
                using var bystander = new Bystander(Guests.Engine(mode));
                body(mode);
            }
            return;
        }

        var start = new ProcessStartInfo(Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet")
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var argument in (string[])["exec", type.Assembly.Location, "--filter-method", $"{type.FullName}.{method}"])
        {
            start.ArgumentList.Add(argument);
        }
        start.Environment[ChildVariable] = method;
        start.Environment["DOTNET_DbgEnableMiniDump"] = "0";
        using var child = Process.Start(start)!;
        var output = child.StandardOutput.ReadToEndAsync();
        var errors = child.StandardError.ReadToEndAsync();
        if (!child.WaitForExit(TimeSpan.FromSeconds(seconds)))
        {
            child.Kill();
            Assert.Fail($"{method} did not end within {seconds} s");
        }
        child.WaitForExit();
        Assert.True(
            child.ExitCode == 0 && output.Result.Contains("succeeded: 1", StringComparison.Ordinal),
            $"{method}: exit status {child.ExitCode}\n{Tail(output.Result)}\n{Tail(errors.Result)}");
    }

    private static string Tail(string text) => text.Length < 4_000 ? text : text[^4_000..];
}

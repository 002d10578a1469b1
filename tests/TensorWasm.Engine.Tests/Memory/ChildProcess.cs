using System.Diagnostics;
using System.Reflection;
using System.Runtime.CompilerServices;

namespace TensorWasm.Engine.Tests;

/// <summary>
/// Runs a static method of this assembly in a process of its own: for what must kill a process, or needs one that was
/// set up differently.
/// </summary>
internal static class ChildProcess
{
    private const string Variable = "TENSORWASM_TEST_CHILD";

    internal sealed record Result(int ExitCode, string Output);

    /// <summary>The child's way in: before the test runner's own Main.</summary>
    [ModuleInitializer]
    internal static void RunIfAsked()
    {
        if (Environment.GetEnvironmentVariable(Variable) is not { Length: > 0 } name)
            return;
        Environment.SetEnvironmentVariable(Variable, null);
        var dot = name.LastIndexOf('.');
        var method = Assembly.GetExecutingAssembly().GetType(name[..dot], throwOnError: true)!
            .GetMethod(name[(dot + 1)..], BindingFlags.Static | BindingFlags.NonPublic | BindingFlags.Public)!;
        try
        {
            method.Invoke(null, null);
        }
        catch (TargetInvocationException e)
        {
            Console.Error.WriteLine(e.InnerException);
            Environment.Exit(99);
        }
        Environment.Exit(0);
    }

    /// <summary>Runs a method, under a shell's <c>ulimit</c> where asked for.</summary>
    internal static Result Run(Action method, string? limits = null, params (string Name, string Value)[] environment)
    {
        var assembly = Assembly.GetExecutingAssembly().Location;
        var host = Environment.GetEnvironmentVariable("DOTNET_HOST_PATH")
            ?? (Path.GetFileNameWithoutExtension(Environment.ProcessPath) == "dotnet" ? Environment.ProcessPath! : "dotnet");
        var start = limits is null
            ? new ProcessStartInfo(host, ["exec", assembly])
            : new ProcessStartInfo("/bin/sh", ["-c", $"{limits}; exec \"$0\" exec \"$1\"", host, assembly]);
        start.RedirectStandardError = true;
        start.RedirectStandardOutput = true;
        start.Environment[Variable] = $"{method.Method.DeclaringType!.FullName}.{method.Method.Name}";
        start.Environment["DOTNET_DbgEnableMiniDump"] = "0";
        foreach (var (name, value) in environment)
            start.Environment[name] = value;
        using var process = Process.Start(start)!;
        var error = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        if (!process.WaitForExit(TimeSpan.FromMinutes(2)))
        {
            process.Kill();
            throw new TimeoutException("the child process hangs");
        }
        return new Result(process.ExitCode, output + error.Result);
    }
}

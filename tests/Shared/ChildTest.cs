using System.Diagnostics;

namespace TensorWasm.TestSupport;

/// <summary>
/// Runs a case of a test in a process of its own, because it costs that process its device. The child is this program,
/// asked for that one case; it reports by a file and kills itself, since a driver with a kernel that does not end may never
/// let a process end.
/// </summary>
internal static class ChildTest
{
    private const string CaseVariable = "TENSORWASM_CHILD_CASE";
    private const string ReportVariable = "TENSORWASM_CHILD_REPORT";
    private const string End = "The case has ended.";

    /// <summary>Whether this process is a child.</summary>
    internal static bool IsChild => Environment.GetEnvironmentVariable(CaseVariable) is not null;

    /// <summary>Runs a case, which must end without an exception.</summary>
    /// <param name="type">The test's class.</param>
    /// <param name="method">The test.</param>
    /// <param name="name">The case, one of the test's.</param>
    /// <param name="environment">What the child's environment has beside this process's.</param>
    /// <param name="body">The case; it may write what it sees.</param>
    /// <param name="seconds">How long it may take; one that takes longer is stuck in its driver.</param>
    /// <returns>What it wrote.</returns>
    internal static async Task<string> RunAsync(
        Type type, string method, string name, IReadOnlyDictionary<string, string> environment, Action<TextWriter> body,
        int seconds)
    {
        if (Environment.GetEnvironmentVariable(CaseVariable) is { } wanted)
        {
            Assert.SkipUnless(wanted == $"{method} {name}", $"this process is for '{wanted}'");
            RunHere(body);
        }

        var report = Path.GetTempFileName();
        try
        {
            using var child = Process.Start(Command(type, method, name, report, environment))!;
            var output = child.StandardOutput.ReadToEndAsync();
            var errors = child.StandardError.ReadToEndAsync();
            using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(seconds));
            try
            {
                await child.WaitForExitAsync(patience.Token);
            }
            catch (OperationCanceledException)
            {
                child.Kill();
                await child.WaitForExitAsync();
            }
            var text = await File.ReadAllTextAsync(report);
            Assert.True(
                text.TrimEnd().EndsWith(End, StringComparison.Ordinal),
                $"{name}: the child ended with {child.ExitCode} before its work did, or was killed after {seconds} s\n{text}\n{await output}\n{await errors}");
            return text.TrimEnd()[..^End.Length];
        }
        finally
        {
            File.Delete(report);
        }
    }

    private static ProcessStartInfo Command(
        Type type, string method, string name, string report, IReadOnlyDictionary<string, string> environment)
    {
        var program = Environment.ProcessPath!;
        var start = new ProcessStartInfo(program) { RedirectStandardOutput = true, RedirectStandardError = true };
        if (Path.GetFileNameWithoutExtension(program) == "dotnet")
        {
            start.ArgumentList.Add("exec");
            start.ArgumentList.Add(type.Assembly.Location);
        }
        start.ArgumentList.Add("--filter-method");
        start.ArgumentList.Add($"{type.FullName}.{method}");
        foreach (var (variable, value) in environment)
        {
            start.Environment[variable] = value;
        }
        start.Environment[CaseVariable] = $"{method} {name}";
        start.Environment[ReportVariable] = report;
        start.Environment["DOTNET_DbgEnableMiniDump"] = "0";
        return start;
    }

    private static void RunHere(Action<TextWriter> body)
    {
        using (var report = new StreamWriter(Environment.GetEnvironmentVariable(ReportVariable)!) { AutoFlush = true })
        {
            try
            {
                body(report);
                report.WriteLine(End);
            }
            catch (Exception e)
            {
                report.WriteLine(e);
            }
        }
        Process.GetCurrentProcess().Kill();
        Thread.Sleep(Timeout.Infinite);
    }
}

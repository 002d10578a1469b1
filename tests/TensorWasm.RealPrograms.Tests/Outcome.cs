namespace TensorWasm.RealPrograms.Tests;

/// <summary>How a program ended, and what it printed.</summary>
internal sealed record Outcome(int ExitCode, string Output, string Errors)
{
    public void AssertSucceeded() => Assert.True(ExitCode == 0, $"exit {ExitCode}\n{Output}\n{Errors}");

    /// <summary>The same exit status and standard output; standard error is shown when they differ.</summary>
    public void AssertSameAs(Outcome oracle)
    {
        if (ExitCode != oracle.ExitCode || Output != oracle.Output)
            Assert.Equal($"exit {oracle.ExitCode}\n{oracle.Output}", $"exit {ExitCode}\n{Output}\n{Errors}");
    }
}

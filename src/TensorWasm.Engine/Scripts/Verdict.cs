namespace TensorWasm.Engine.Scripts;

/// <summary>How a command of a script ended, and why.</summary>
internal readonly record struct Verdict(ScriptOutcome Outcome, string Message)
{
    internal static Verdict Passed => new(ScriptOutcome.Passed, "");

    internal static Verdict Failed(string message) => new(ScriptOutcome.Failed, message);

    internal static Verdict Skipped(string message) => new(ScriptOutcome.Skipped, message);
}

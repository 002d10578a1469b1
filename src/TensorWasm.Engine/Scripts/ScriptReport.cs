namespace TensorWasm.Engine.Scripts;

/// <summary>What running a script found.</summary>
/// <param name="Passed">Commands that did what the script expects, assertions above all.</param>
/// <param name="Failures">What did not, by line.</param>
/// <param name="Skips">What could not be run, by line, with the reason.</param>
public sealed record ScriptReport(
    int Passed, IReadOnlyList<(int Line, string Message)> Failures, IReadOnlyList<(int Line, string Message)> Skips);

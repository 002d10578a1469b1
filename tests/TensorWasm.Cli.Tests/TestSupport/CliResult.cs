namespace TensorWasm.Cli.Tests;

/// <summary>What a command line printed and answered.</summary>
public sealed record CliResult(int ExitCode, string Output, string Error);

namespace TensorWasm.Wasi.Tests.Support;

/// <summary>What a program left behind.</summary>
internal sealed record ProgramOutcome(int ExitCode, string Output, string Error);

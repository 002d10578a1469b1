namespace TensorWasm.Cli;

/// <summary>A failure whose message is all that the user needs: what went wrong, where, and what to do.</summary>
internal sealed class CliException(string message, int exitCode = ExitCodes.Failure) : Exception(message)
{
    internal int ExitCode { get; } = exitCode;
}

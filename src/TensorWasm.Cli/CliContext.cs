using System.Text;

namespace TensorWasm.Cli;

/// <summary>What a command talks to: three streams, and a token that is cancelled when the user wants an end.</summary>
internal sealed class CliContext(Stream output, Stream error, Stream input, CancellationToken token)
{
    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false);

    internal Stream Input { get; } = input;

    internal Stream OutputStream { get; } = output;

    internal Stream ErrorStream { get; } = error;

    /// <summary>Text for <see cref="OutputStream"/>. It is flushed when the command ends, and before a guest runs.</summary>
    internal TextWriter Output { get; } = new StreamWriter(output, Utf8, leaveOpen: true) { NewLine = "\n" };

    internal TextWriter Error { get; } = new StreamWriter(error, Utf8, leaveOpen: true) { NewLine = "\n" };

    internal CancellationToken Token { get; } = token;

    /// <summary>Whether the streams are this process's own, so that a guest can have the descriptors behind them.</summary>
    internal bool IsProcess { get; init; }

    /// <summary>Whether a person reads the output on a terminal.</summary>
    internal bool IsOutputTerminal { get; init; }

    /// <summary>Whether a person reads messages on a terminal: progress is shown there.</summary>
    internal bool IsErrorTerminal { get; init; }

    internal void Flush()
    {
        Output.Flush();
        Error.Flush();
    }

    /// <summary>Writes an error, which may quote names of a hostile module.</summary>
    internal void WriteError(string message) => Error.WriteLine($"Error: {Printable.Escape(message, keepLines: true)}");
}

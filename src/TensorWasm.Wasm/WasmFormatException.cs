namespace TensorWasm.Wasm;

/// <summary>
/// The bytes or the text are malformed: no module at all. <see cref="Reason"/> uses the specification tests' words.
/// </summary>
public sealed class WasmFormatException : WasmException
{
    /// <summary>An error in the binary format.</summary>
    public WasmFormatException(string reason, int offset)
        : base($"malformed module at offset 0x{offset:x}: {reason}")
    {
        Reason = reason;
        Offset = offset;
    }

    /// <summary>An error in the text format; lines and columns count from 1.</summary>
    public WasmFormatException(string reason, int line, int column)
        : base($"malformed text at line {line}, column {column}: {reason}")
    {
        Reason = reason;
        Line = line;
        Column = column;
    }

    /// <summary>What is wrong.</summary>
    public string Reason { get; }

    /// <summary>Where in the bytes; -1 for text.</summary>
    public int Offset { get; } = -1;

    /// <summary>The line in the text, from 1; 0 for bytes.</summary>
    public int Line { get; }

    /// <summary>The column in the text, from 1, in characters; 0 for bytes.</summary>
    public int Column { get; }
}

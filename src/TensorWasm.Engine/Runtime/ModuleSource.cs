using TensorWasm.Wasm.Text;
using TensorWasm.Wasm;

namespace TensorWasm.Engine;

/// <summary>Reads modules in either format: whatever takes .wasm takes .wat.</summary>
public static class ModuleSource
{
    /// <summary>The module that bytes hold: the binary format, or the text format in UTF-8.</summary>
    /// <exception cref="WasmFormatException">It is malformed.</exception>
    public static WasmModule Read(ReadOnlyMemory<byte> bytes) =>
        bytes.Span.StartsWith("\0asm"u8) || !LooksLikeText(bytes.Span)
            ? WasmDecoder.Decode(bytes)
            : WatParser.Parse(bytes.Span);

    /// <summary>Text begins, after blanks, with a parenthesis, a comment or an annotation.</summary>
    private static bool LooksLikeText(ReadOnlySpan<byte> bytes)
    {
        if (bytes.StartsWith("\uFEFF"u8)) bytes = bytes[3..];
        var start = bytes.IndexOfAnyExcept(" \t\r\n"u8);
        return start >= 0 && bytes[start] is (byte)'(' or (byte)';';
    }
}

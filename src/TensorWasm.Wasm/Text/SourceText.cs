using System.Text;

namespace TensorWasm.Wasm.Text;

/// <summary>
/// UTF-8 text that is being parsed. Positions are byte offsets; lines and columns are found when needed.
/// </summary>
internal sealed class SourceText
{
    private static readonly UTF8Encoding Strict = new(false, throwOnInvalidBytes: true);

    private readonly byte[] _bytes;
    private int[]? _lineStarts;

    public SourceText(byte[] bytes) => _bytes = bytes;

    public byte[] Bytes => _bytes;

    /// <summary>
    /// Text from characters. An unpaired surrogate has no UTF-8 form, so it is an error with its place.
    /// </summary>
    public static SourceText From(string text)
    {
        try
        {
            return new SourceText(Strict.GetBytes(text));
        }
        catch (EncoderFallbackException error)
        {
            var before = new SourceText(Encoding.UTF8.GetBytes(text[..error.Index]));
            throw before.Error("malformed UTF-8 encoding", before._bytes.Length);
        }
    }

    /// <summary>An error at <paramref name="offset"/>, with line and column.</summary>
    public WasmFormatException Error(string reason, int offset)
    {
        var (line, column) = Locate(offset);
        return new WasmFormatException(reason, line, column);
    }

    /// <summary>Line and column, both from 1; the column counts characters.</summary>
    public (int Line, int Column) Locate(int offset)
    {
        var starts = _lineStarts ??= FindLines();
        var line = Array.BinarySearch(starts, offset);
        if (line < 0) line = ~line - 1;
        var column = 1;
        foreach (var unit in _bytes.AsSpan(starts[line], Math.Min(offset, _bytes.Length) - starts[line]))
        {
            if ((unit & 0xC0) != 0x80) column++;
        }
        return (line + 1, column);
    }

    /// <summary>Strings of the text format hold any bytes; null if these are not UTF-8.</summary>
    public static string? Decode(ReadOnlySpan<byte> bytes)
    {
        try
        {
            return Strict.GetString(bytes);
        }
        catch (DecoderFallbackException)
        {
            return null;
        }
    }

    private int[] FindLines()
    {
        var starts = new List<int> { 0 };
        for (var i = 0; i < _bytes.Length; i++)
        {
            var isBreak = _bytes[i] == '\n' || (_bytes[i] == '\r' && (i + 1 == _bytes.Length || _bytes[i + 1] != '\n'));
            if (isBreak) starts.Add(i + 1);
        }
        return [.. starts];
    }
}

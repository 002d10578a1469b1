using System.Text;

namespace TensorWasm.Wasm.Text;

/// <summary>
/// UTF-8 text that is being parsed. Positions are byte offsets; lines and columns are found when needed.
/// </summary>
internal sealed class SourceText
{
    private static readonly UTF8Encoding Strict = new(false, throwOnInvalidBytes: true);

    private readonly byte[] _bytes;

    // The place that was asked for last. Most questions go forward, so that all of them together cost one pass. It is
    // replaced as a whole, since modules of one script may be parsed on several threads.
    private Place _last = new(0, 1, 1);

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
        var last = _last;
        var (at, line, column) = last.Offset <= offset ? last : new Place(0, 1, 1);
        for (; at < offset && at < _bytes.Length; at++)
        {
            var unit = _bytes[at];
            if (unit == '\n' || (unit == '\r' && (at + 1 == _bytes.Length || _bytes[at + 1] != '\n')))
            {
                line++;
                column = 1;
            }
            else if ((unit & 0xC0) != 0x80)
            {
                column++;
            }
        }
        _last = new Place(at, line, column);
        return (line, column);
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

    private sealed record Place(int Offset, int Line, int Column);
}

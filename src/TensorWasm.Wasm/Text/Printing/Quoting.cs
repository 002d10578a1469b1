using System.Globalization;
using System.Text;

namespace TensorWasm.Wasm.Text;

/// <summary>Strings and identifiers of the text format (section 6.3).</summary>
internal static class Quoting
{
    /// <summary>The identifier of a name that is not empty, in quotes where it must be.</summary>
    public static string Identifier(string name) =>
        name.All(unit => unit < 128 && Characters.IsName((byte)unit)) ? "$" + name : "$" + String(name);

    /// <summary>A name as a string; characters that would be invisible or unclear are escaped.</summary>
    public static string String(string text)
    {
        var result = new StringBuilder("\"");
        foreach (var rune in text.EnumerateRunes())
        {
            if (rune.IsAscii)
            {
                Append(result, (byte)rune.Value);
            }
            else if (Rune.IsLetterOrDigit(rune) || Rune.IsSymbol(rune))
            {
                result.Append(rune);
            }
            else
            {
                result.Append(CultureInfo.InvariantCulture, $"\\u{{{rune.Value:x}}}");
            }
        }
        return result.Append('"').ToString();
    }

    /// <summary>Bytes as a string.</summary>
    public static void WriteBytes(TextWriter output, ReadOnlySpan<byte> bytes)
    {
        var buffer = new StringBuilder();
        output.Write('"');
        foreach (var value in bytes)
        {
            Append(buffer, value);
            if (buffer.Length < 4096) continue;
            output.Write(buffer);
            buffer.Clear();
        }
        output.Write(buffer);
        output.Write('"');
    }

    private static void Append(StringBuilder result, byte value)
    {
        switch (value)
        {
            case (byte)'"' or (byte)'\\':
                result.Append('\\').Append((char)value);
                break;
            case >= 0x20 and < 0x7F:
                result.Append((char)value);
                break;
            default:
                result.Append('\\').Append(value.ToString("x2", CultureInfo.InvariantCulture));
                break;
        }
    }
}

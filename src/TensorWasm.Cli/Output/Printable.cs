using System.Globalization;
using System.Text;

namespace TensorWasm.Cli;

/// <summary>Makes text from a module safe to print: a name may hold anything, terminal commands included.</summary>
internal static class Printable
{
    /// <summary>The text with control and formatting characters in the text format's notation, <c>\u{1b}</c>.</summary>
    /// <param name="text">The text.</param>
    /// <param name="keepLines">Whether line feeds stay.</param>
    internal static string Escape(string text, bool keepLines = false)
    {
        var first = 0;
        while (first < text.Length && !IsUnsafe(text[first], keepLines)) first++;
        if (first == text.Length) return text;

        var result = new StringBuilder(text, 0, first, text.Length + 16);
        foreach (var character in text.AsSpan(first))
        {
            if (IsUnsafe(character, keepLines)) result.Append(CultureInfo.InvariantCulture, $@"\u{{{(int)character:x}}}");
            else result.Append(character);
        }
        return result.ToString();
    }

    /// <summary>A name in quotes.</summary>
    internal static string Quote(string name) => $"\"{Escape(name).Replace("\"", "\\\"", StringComparison.Ordinal)}\"";

    // Formatting characters reorder or hide what stands beside them.
    private static bool IsUnsafe(char character, bool keepLines) =>
        character != '\n' || !keepLines
            ? char.IsControl(character) || char.GetUnicodeCategory(character) is UnicodeCategory.Format
                or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator
            : false;
}

using System.Globalization;
using System.Net;

namespace TensorWasm.Server;

/// <summary>Reads settings' values.</summary>
internal static class SettingText
{
    internal static bool Switch(string text) => text.Trim().ToUpperInvariant() switch
    {
        "1" or "TRUE" or "YES" or "ON" => true,
        "0" or "FALSE" or "NO" or "OFF" or "" => false,
        _ => throw new FormatException($"'{text}' is neither true nor false"),
    };

    internal static IReadOnlyList<string> List(string text) =>
        text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);

    internal static string? Optional(string text) => string.IsNullOrWhiteSpace(text) ? null : text.Trim();

    internal static IPEndPoint EndPoint(string text)
    {
        var full = text.StartsWith("localhost:", StringComparison.OrdinalIgnoreCase) ? "127.0.0.1" + text[9..] : text;
        return full.Contains(':', StringComparison.Ordinal) && IPEndPoint.TryParse(full, out var parsed)
            ? parsed
            : throw new FormatException($"'{text}' is no address with a port, such as 127.0.0.1:8080");
    }

    internal static long Whole(string text, long least, long most)
    {
        if (long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var value)
            && value >= least && value <= most)
        {
            return value;
        }
        throw new FormatException(string.Create(
            CultureInfo.InvariantCulture, $"'{text}' is no whole number from {least} to {most}"));
    }

    internal static double Number(string text, double least) =>
        double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var value)
        && double.IsFinite(value) && value >= least
            ? value
            : throw new FormatException(string.Create(
                CultureInfo.InvariantCulture, $"'{text}' is no number of at least {least}"));

    internal static TimeSpan Seconds(string text, double least)
    {
        var seconds = Number(text, least);
        return seconds <= 86_400 ? TimeSpan.FromSeconds(seconds) : throw new FormatException($"'{text}' s is over a day");
    }

    internal static string HexKey(string text) =>
        text.Length == 64 && text.All(char.IsAsciiHexDigit)
            ? text
            : throw new FormatException("the key is not 64 hexadecimal digits");

    /// <summary><c>auto</c>, <c>cuda</c>, <c>cpu</c>, <c>none</c>, or a list of GPUs.</summary>
    internal static string Devices(string text)
    {
        if (!text.StartsWith("cuda:", StringComparison.OrdinalIgnoreCase)) return OneOf(text, "auto", "cuda", "cpu", "none");
        var ordinals = List(text).Select(static name => name.StartsWith("cuda:", StringComparison.OrdinalIgnoreCase)
            ? Whole(name[5..], 0, 1023)
            : throw new FormatException($"'{name}' is no GPU, such as cuda:0")).ToList();
        return ordinals.Distinct().Count() == ordinals.Count
            ? string.Join(',', ordinals.Select(static ordinal => string.Create(CultureInfo.InvariantCulture, $"cuda:{ordinal}")))
            : throw new FormatException($"'{text}' names a GPU twice");
    }

    internal static string OneOf(string text, params ReadOnlySpan<string> values)
    {
        foreach (var value in values)
        {
            if (value.Equals(text, StringComparison.OrdinalIgnoreCase)) return value;
        }
        throw new FormatException($"'{text}' is none of {string.Join(", ", values!)}");
    }
}

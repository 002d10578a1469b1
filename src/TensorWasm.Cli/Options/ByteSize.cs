using System.Globalization;

namespace TensorWasm.Cli;

/// <summary>Sizes as people write them: 65536, 64K, 512M, 4G (powers of 1024).</summary>
internal static class ByteSize
{
    private static readonly string[] Units = ["B", "KiB", "MiB", "GiB", "TiB"];

    internal static bool TryParse(string text, out ulong bytes)
    {
        var number = text.AsSpan();
        foreach (var suffix in (ReadOnlySpan<string>)["iB", "B", "b"])
        {
            if (!number.EndsWith(suffix, StringComparison.Ordinal)) continue;
            number = number[..^suffix.Length];
            break;
        }
        var shift = number.IsEmpty ? 0 : char.ToUpperInvariant(number[^1]) switch { 'K' => 10, 'M' => 20, 'G' => 30, 'T' => 40, _ => 0 };
        if (shift > 0) number = number[..^1];
        if (!ulong.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out bytes)) return false;
        if (bytes > ulong.MaxValue >> shift) return false;
        bytes <<= shift;
        return true;
    }

    /// <summary>A size for people, such as 19.6 MiB.</summary>
    internal static string Format(long bytes)
    {
        double value = bytes;
        var unit = 0;
        while (value >= 1024 && unit < Units.Length - 1)
        {
            value /= 1024;
            unit++;
        }
        return unit == 0
        ? string.Create(CultureInfo.InvariantCulture, $"{bytes} B")
        : string.Create(CultureInfo.InvariantCulture, $"{value:0.#} {Units[unit]}");
    }
}

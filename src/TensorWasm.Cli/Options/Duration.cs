using System.Globalization;

namespace TensorWasm.Cli;

/// <summary>Times as people write them: 5s, 1.5s, 500ms, 2m, 1h; a bare number counts seconds.</summary>
internal static class Duration
{
    private static readonly (string Suffix, double Seconds)[] Units =
        [("ms", 1e-3), ("us", 1e-6), ("s", 1), ("m", 60), ("h", 3600), ("", 1)];

    private static readonly TimeSpan Longest = TimeSpan.FromDays(10_000);

    internal static bool TryParse(string text, out TimeSpan time)
    {
        time = default;
        foreach (var (suffix, seconds) in Units)
        {
            if (!text.EndsWith(suffix, StringComparison.Ordinal)) continue;
            var number = text.AsSpan(0, text.Length - suffix.Length);
            if (!double.TryParse(number, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var value))
            {
                return false;
            }
            // It reads words such as "Infinity", too.
            if (!(value * seconds <= Longest.TotalSeconds)) return false;
            time = TimeSpan.FromSeconds(value * seconds);
            return true;
        }
        return false;
    }

    /// <summary>A time for people.</summary>
    internal static string Format(TimeSpan time) => time.TotalSeconds >= 1
        ? string.Create(CultureInfo.InvariantCulture, $"{time.TotalSeconds:0.###} s")
        : string.Create(CultureInfo.InvariantCulture, $"{time.TotalMilliseconds:0.###} ms");
}

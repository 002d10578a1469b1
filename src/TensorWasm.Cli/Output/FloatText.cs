using System.Globalization;
using System.Numerics;

namespace TensorWasm.Cli;

/// <summary>
/// Prints floats as <c>wasmtime run --invoke</c> does: the shortest digits that read back as the same number, without an
/// exponent.
/// </summary>
internal static class FloatText
{
    internal static string Of<T>(T value)
        where T : IBinaryFloatingPointIeee754<T>
    {
        if (T.IsNaN(value)) return "NaN";
        if (T.IsInfinity(value)) return T.IsNegative(value) ? "-inf" : "inf";

        var shortest = value.ToString("R", CultureInfo.InvariantCulture);
        var mark = shortest.IndexOf('E', StringComparison.Ordinal);
        if (mark < 0) return shortest;

        var exponent = int.Parse(shortest.AsSpan(mark + 1), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);
        var sign = T.IsNegative(value) ? "-" : "";
        var digits = shortest[sign.Length..mark].Replace(".", "", StringComparison.Ordinal);
        if (exponent < 0) return $"{sign}0.{new string('0', -exponent - 1)}{digits}";
        var whole = exponent + 1;
        return digits.Length <= whole ? sign + digits.PadRight(whole, '0') : $"{sign}{digits[..whole]}.{digits[whole..]}";
    }
}

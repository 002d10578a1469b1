using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace TensorWasm.Runtime;

/// <summary>A tenant's number. Clients send it as a decimal number of 64 bits; 0 is the default tenant.</summary>
/// <param name="Value">The number.</param>
public readonly record struct TenantId(ulong Value) : IParsable<TenantId>
{
    /// <summary>The tenant of requests that name none.</summary>
    public static TenantId Default => default;

    /// <inheritdoc/>
    public static TenantId Parse(string s, IFormatProvider? provider = null) =>
        TryParse(s, provider, out var result) ? result : throw new FormatException($"'{s}' is no tenant's number.");

    /// <summary>Reads digits alone: no sign, blank or separator.</summary>
    public static bool TryParse([NotNullWhen(true)] string? s, IFormatProvider? provider, out TenantId result)
    {
        var isNumber = ulong.TryParse(s, NumberStyles.None, CultureInfo.InvariantCulture, out var value);
        result = new TenantId(value);
        return isNumber;
    }

    /// <summary>The number in decimal.</summary>
    public override string ToString() => Value.ToString(CultureInfo.InvariantCulture);
}

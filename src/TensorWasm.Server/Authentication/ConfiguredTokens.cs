using System.Globalization;

namespace TensorWasm.Server;

/// <summary>
/// The token list of TENSOR_WASM_API_TOKENS: <c>token</c> (all tenants; deprecated), <c>token:tenant=*</c> and
/// <c>token:tenant=1,2,3</c>, with commas between. Numbers that follow a tenant list belong to it.
/// </summary>
internal static class ConfiguredTokens
{
    private const string TenantMarker = ":tenant=";

    /// <summary>Reads the list.</summary>
    /// <param name="text">The list.</param>
    /// <param name="warnings">Gets a sentence for each entry that is dropped or deprecated; no token's text.</param>
    internal static IReadOnlyList<(string Token, TenantScope Scope)> Parse(string text, ICollection<string> warnings)
    {
        var tokens = new List<(string, TenantScope)>();
        var number = 0;
        foreach (var entry in Join(text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)))
        {
            number++;
            var marker = entry.LastIndexOf(TenantMarker, StringComparison.Ordinal);
            if (marker < 0)
            {
                warnings.Add($"API token {number} names no tenants and is good for all: write token{TenantMarker}*.");
                tokens.Add((entry, TenantScope.All));
            }
            else if (marker == 0) warnings.Add($"API token {number} is empty and was dropped.");
            else if (TenantScope.TryParse(entry[(marker + TenantMarker.Length)..], out var scope))
            {
                tokens.Add((entry[..marker], scope));
            }
            else warnings.Add($"API token {number} has a tenant that is no number and was dropped.");
        }
        return tokens;
    }

    private static List<string> Join(string[] parts)
    {
        var entries = new List<string>();
        foreach (var part in parts)
        {
            var continues = entries.Count > 0 && entries[^1].Contains(TenantMarker, StringComparison.Ordinal)
                && ulong.TryParse(part, NumberStyles.None, CultureInfo.InvariantCulture, out _);
            if (continues) entries[^1] += "," + part;
            else entries.Add(part);
        }
        return entries;
    }
}

using System.Collections.Frozen;
using System.Globalization;

namespace TensorWasm.Server;

/// <summary>The tenants that a credential is good for: all, or those of a set.</summary>
public sealed class TenantScope
{
    private readonly FrozenSet<ulong>? _tenants;

    private TenantScope(FrozenSet<ulong>? tenants) => _tenants = tenants;

    /// <summary>Every tenant, those of the future too.</summary>
    public static TenantScope All { get; } = new(null);

    /// <summary>Whether every tenant is in it.</summary>
    public bool IsAll => _tenants is null;

    /// <summary>The tenants in ascending order; empty if the scope is <see cref="All"/>.</summary>
    public IReadOnlyList<ulong> Tenants => _tenants is null ? [] : [.. _tenants.Order()];

    /// <summary>The tenant, if there is exactly one.</summary>
    internal ulong? Single => _tenants is { Count: 1 } ? _tenants.Items[0] : null;

    /// <summary>A scope of these tenants only.</summary>
    public static TenantScope Of(params IEnumerable<ulong> tenants) => new(tenants.ToFrozenSet());

    /// <summary>Whether the scope has that tenant.</summary>
    public bool Covers(ulong tenant) => _tenants is null || _tenants.Contains(tenant);

    /// <summary>Whether the scope has every tenant of another.</summary>
    public bool Covers(TenantScope other) =>
        IsAll || (!other.IsAll && other._tenants!.All(_tenants!.Contains));

    /// <summary><c>*</c>, or tenant numbers with commas between.</summary>
    public override string ToString() => IsAll ? "*" : string.Join(',', Tenants);

    /// <summary>Reads <see cref="ToString"/>'s form.</summary>
    public static bool TryParse(string text, out TenantScope scope)
    {
        scope = All;
        if (text == "*") return true;
        var tenants = new List<ulong>();
        foreach (var part in text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            if (!ulong.TryParse(part, NumberStyles.None, CultureInfo.InvariantCulture, out var tenant)) return false;
            tenants.Add(tenant);
        }
        if (tenants.Count == 0) return false;
        scope = Of(tenants);
        return true;
    }
}

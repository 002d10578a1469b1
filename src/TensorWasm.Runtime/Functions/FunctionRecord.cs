using System.Collections.Immutable;

namespace TensorWasm.Runtime;

/// <summary>A function: a name, versions and aliases.</summary>
public sealed record FunctionRecord
{
    /// <summary>Its identity.</summary>
    public required Guid Id { get; init; }

    /// <summary>Whose it is.</summary>
    public required TenantId Tenant { get; init; }

    /// <summary>Its name. A tenant may have several functions of one name; the identity tells them apart.</summary>
    public required string Name { get; init; }

    /// <summary>The number of the latest version; the first is 1.</summary>
    public required int LatestVersion { get; init; }

    /// <summary>Names for versions, such as "stable".</summary>
    public ImmutableSortedDictionary<string, int> Aliases { get; init; } =
        ImmutableSortedDictionary.Create<string, int>(StringComparer.Ordinal);

    /// <summary>When it was deployed.</summary>
    public required DateTimeOffset CreatedAt { get; init; }

    /// <summary>When it was last changed.</summary>
    public required DateTimeOffset UpdatedAt { get; init; }
}

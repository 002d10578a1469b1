using System.Collections.Immutable;

namespace TensorWasm.Runtime;

/// <summary>A version of a kernel in the registry. It never changes once it is published.</summary>
public sealed record KernelRecord
{
    /// <summary>Its identity.</summary>
    public required Guid Id { get; init; }

    /// <summary>Who published it.</summary>
    public required TenantId Owner { get; init; }

    /// <summary>
    /// Its name. Shared kernels have the registry's names in common; private ones are the owner's own.
    /// </summary>
    public required string Name { get; init; }

    /// <summary>Its version.</summary>
    public required string Version { get; init; }

    /// <summary>Who may use it.</summary>
    public required KernelVisibility Visibility { get; init; }

    /// <summary>Who signed the manifest.</summary>
    public string? Publisher { get; init; }

    /// <summary>The manifest as it was signed, signature included: JSON.</summary>
    public required string Manifest { get; init; }

    /// <summary>Its code, for one architecture or several.</summary>
    public required ImmutableArray<KernelVariant> Variants { get; init; }

    /// <summary>When it was published.</summary>
    public required DateTimeOffset CreatedAt { get; init; }
}

namespace TensorWasm.Runtime;

/// <summary>A change of a function. A new module or new settings make a new version.</summary>
public sealed record UpdateRequest
{
    /// <summary>Whose function it is.</summary>
    public required TenantId Tenant { get; init; }

    /// <summary>The function.</summary>
    public required Guid Function { get; init; }

    /// <summary>The new name; null to keep it.</summary>
    public string? Name { get; init; }

    /// <summary>The new module; null to keep the latest version's.</summary>
    public ReadOnlyMemory<byte>? Module { get; init; }

    /// <summary>The new settings; null to keep the latest version's.</summary>
    public FunctionSettings? Settings { get; init; }
}

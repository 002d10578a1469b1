namespace TensorWasm.Runtime.State;

internal sealed class TokenRow
{
    public Guid Id { get; set; }

    public string Name { get; set; } = "";

    public byte[] Hash { get; set; } = [];

    /// <summary>Numbers between commas; null for all.</summary>
    public string? Tenants { get; set; }

    /// <summary>Words between commas.</summary>
    public string Actions { get; set; } = "";

    public long CreatedMs { get; set; }

    public long? ExpiresMs { get; set; }

    public long? RevokedMs { get; set; }

    public Guid? Replaces { get; set; }
}

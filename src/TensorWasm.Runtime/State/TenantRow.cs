namespace TensorWasm.Runtime.State;

internal sealed class TenantRow
{
    /// <summary>The number's 64 bits.</summary>
    public long Id { get; set; }

    public string Name { get; set; } = "";

    public int Status { get; set; }

    /// <summary>JSON.</summary>
    public string Quota { get; set; } = "";

    public long CreatedMs { get; set; }

    public long UpdatedMs { get; set; }
}

namespace TensorWasm.Runtime.State;

internal sealed class FunctionRow
{
    public Guid Id { get; set; }

    public long TenantId { get; set; }

    public string Name { get; set; } = "";

    public int LatestVersion { get; set; }

    public long CreatedMs { get; set; }

    public long UpdatedMs { get; set; }
}

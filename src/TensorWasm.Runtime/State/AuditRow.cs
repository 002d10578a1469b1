namespace TensorWasm.Runtime.State;

internal sealed class AuditRow
{
    public long Sequence { get; set; }

    public long TimeMs { get; set; }

    public long? TenantId { get; set; }

    public string Body { get; set; } = "";

    public byte[] PreviousHash { get; set; } = [];

    public byte[] Hash { get; set; } = [];
}

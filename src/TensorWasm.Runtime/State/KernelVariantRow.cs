namespace TensorWasm.Runtime.State;

internal sealed class KernelVariantRow
{
    public Guid KernelId { get; set; }

    public string Architecture { get; set; } = "";

    public string Digest { get; set; } = "";

    public long Bytes { get; set; }
}

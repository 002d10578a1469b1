namespace TensorWasm.Runtime.State;

internal sealed class KernelRow
{
    public Guid Id { get; set; }

    public long OwnerId { get; set; }

    public string Name { get; set; } = "";

    public string Version { get; set; } = "";

    /// <summary>The name and version of a shared kernel, which no other may have; null for a private one.</summary>
    public string? SharedKey { get; set; }

    public string? Publisher { get; set; }

    public string Manifest { get; set; } = "";

    public long CreatedMs { get; set; }

    public List<KernelVariantRow> Variants { get; set; } = [];
}

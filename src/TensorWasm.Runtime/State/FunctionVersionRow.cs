namespace TensorWasm.Runtime.State;

internal sealed class FunctionVersionRow
{
    public Guid FunctionId { get; set; }

    public int Number { get; set; }

    public string Digest { get; set; } = "";

    public long ModuleBytes { get; set; }

    /// <summary>JSON.</summary>
    public string Settings { get; set; } = "";

    public long CreatedMs { get; set; }
}

namespace TensorWasm.Runtime.State;

internal sealed class FunctionAliasRow
{
    public Guid FunctionId { get; set; }

    public string Name { get; set; } = "";

    public int Version { get; set; }
}

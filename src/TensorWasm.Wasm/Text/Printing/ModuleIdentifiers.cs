namespace TensorWasm.Wasm.Text;

/// <summary>The identifiers of all index spaces of a module.</summary>
internal sealed class ModuleIdentifiers(WasmModule module)
{
    public IdentifierTable Functions { get; } = new(module.Names.Functions, module.Functions.Count);

    public IdentifierTable Tables { get; } = new(module.Names.Tables, module.Tables.Count);

    public IdentifierTable Memories { get; } = new(module.Names.Memories, module.Memories.Count);

    public IdentifierTable Globals { get; } = new(module.Names.Globals, module.Globals.Count);

    public IdentifierTable Tags { get; } = new(module.Names.Tags, module.Tags.Count);

    public IdentifierTable Elements { get; } = new(module.Names.Elements, module.Elements.Count);

    public IdentifierTable Data { get; } = new(module.Names.Data, module.Data.Count);
}

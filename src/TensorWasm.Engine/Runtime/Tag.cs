using TensorWasm.Wasm;

namespace TensorWasm.Engine;

/// <summary>An exception tag (specification, section 4.2.11): a name for exceptions, with the types that they carry.</summary>
public sealed class Tag : IExternal
{
    internal Tag(DefinedType type) => DefinedType = type;

    /// <inheritdoc/>
    public ExternalKind Kind => ExternalKind.Tag;

    internal DefinedType DefinedType { get; }
}

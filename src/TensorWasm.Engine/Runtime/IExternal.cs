using TensorWasm.Wasm;

namespace TensorWasm.Engine;

/// <summary>
/// What can be imported and exported (specification, section 4.2.6): a <see cref="Function"/>, <see cref="Memory"/>,
/// <see cref="Table"/>, <see cref="Global"/> or <see cref="Tag"/>. Not for implementation by others.
/// </summary>
public interface IExternal
{
    /// <summary>What it is.</summary>
    public ExternalKind Kind { get; }
}

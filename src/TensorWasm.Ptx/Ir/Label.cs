namespace TensorWasm.Ptx.Ir;

/// <summary>The name of a block. Two labels are the same only when they are one object.</summary>
/// <param name="name">The name, unique in its kernel.</param>
public sealed class Label(string name)
{
    /// <summary>The name.</summary>
    public string Name { get; } = name;

    /// <inheritdoc/>
    public override string ToString() => Name;
}

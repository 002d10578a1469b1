namespace TensorWasm.Ptx.Ir;

/// <summary>The name of a block. Two labels are the same only when they are one object.</summary>
/// <param name="name">The name, unique in its kernel.</param>
public sealed class Label(string name)
{
    /// <summary>The name.</summary>
    public string Name { get; } = name;

    /// <summary>The block that has it; null for the label of no code, or of a block that is not made yet.</summary>
    internal Block? Block { get; set; }

    /// <inheritdoc/>
    public override string ToString() => Name;
}

using TensorWasm.Ptx.Isa;

namespace TensorWasm.Ptx.Ir;

/// <summary>A variable in memory: shared, local, constant, global, or a kernel parameter (PTX ISA 5.4).</summary>
public sealed class Variable
{
    internal Variable(string name, StateSpace space, long size, int alignment)
    {
        Name = name;
        Space = space;
        Size = size;
        Alignment = alignment;
    }

    /// <summary>The name, unique in the kernel.</summary>
    public string Name { get; internal set; }

    /// <summary>Where it lives.</summary>
    public StateSpace Space { get; }

    /// <summary>Size in bytes; 0 for dynamic shared memory, whose size each launch chooses.</summary>
    public long Size { get; }

    /// <summary>Alignment in bytes.</summary>
    public int Alignment { get; }

    /// <summary>True for <c>.extern .shared name[]</c> (PTX ISA 5.4.3).</summary>
    public bool IsDynamic { get; internal init; }

    /// <summary>True when declared at module scope.</summary>
    public bool IsModuleScope { get; internal init; }

    /// <summary>Initial bytes, or empty for zeroes.</summary>
    public ReadOnlyMemory<byte> InitialData { get; internal init; }

    /// <inheritdoc/>
    public override string ToString() => Name;
}

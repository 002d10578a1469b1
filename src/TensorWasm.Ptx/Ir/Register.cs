using TensorWasm.Ptx.Isa;

namespace TensorWasm.Ptx.Ir;

/// <summary>A virtual register of one kernel (PTX ISA 5.1.1).</summary>
public sealed class Register
{
    internal Register(int id, string name, PtxType type)
    {
        Id = id;
        Name = name;
        Type = type;
    }

    /// <summary>A dense number within the kernel, from 0.</summary>
    public int Id { get; }

    /// <summary>The name, unique in the kernel.</summary>
    public string Name { get; }

    /// <summary>The declared type.</summary>
    public PtxType Type { get; }

    /// <summary>It as an operand, which all its uses share.</summary>
    internal RegisterOperand Operand => field ??= new RegisterOperand(this);

    /// <summary>It alone, as what most instructions write, which these share.</summary>
    internal Register[] Alone => field ??= [this];

    /// <summary>Its number: registers are told apart by reference, and are of one kernel where they are looked up.</summary>
    /// <returns>The number.</returns>
    public override int GetHashCode() => Id;

    /// <inheritdoc/>
    public override string ToString() => Name;
}

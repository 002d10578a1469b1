using TensorWasm.Ptx.Isa;

namespace TensorWasm.Gpu.Cpu.Operations;

/// <summary>Operations of <c>redux.sync</c> (PTX ISA 9.7.13.11).</summary>
internal static class WarpReduction
{
    internal enum Kind
    {
        Add,
        And,
        Or,
        Xor,
        MinimumSigned,
        MaximumSigned,
        Minimum,
        Maximum,
    }

    internal static Kind Parse(string name, PtxType type) => name switch
    {
        "add" => Kind.Add,
        "and" => Kind.And,
        "or" => Kind.Or,
        "xor" => Kind.Xor,
        "min" => type.IsSigned ? Kind.MinimumSigned : Kind.Minimum,
        _ => type.IsSigned ? Kind.MaximumSigned : Kind.Maximum,
    };
}

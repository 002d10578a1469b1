using TensorWasm.Ptx.Isa;

namespace TensorWasm.Ptx.Ir;

/// <summary>A kernel parameter (PTX ISA 5.1.6.1).</summary>
/// <param name="Name">The name.</param>
/// <param name="Kind">What it is.</param>
/// <param name="Type">The declared element type.</param>
/// <param name="Size">Size in bytes.</param>
/// <param name="Alignment">Alignment in bytes.</param>
/// <param name="Offset">Offset in the parameter block, by the C layout rules.</param>
public sealed record KernelParameter(
    string Name, ParameterKind Kind, PtxType Type, int Size, int Alignment, int Offset);

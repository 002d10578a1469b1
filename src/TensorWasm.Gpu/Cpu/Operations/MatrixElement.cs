namespace TensorWasm.Gpu.Cpu.Operations;

/// <summary>Element types of <c>mma.sync</c>.</summary>
internal enum MatrixElement
{
    Half,
    Brain,
    TensorFloat,
    Single,
    Double,
    E4M3,
    E5M2,
    Signed8,
    Unsigned8,
    Signed32,
}

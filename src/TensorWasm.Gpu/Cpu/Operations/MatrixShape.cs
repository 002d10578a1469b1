using TensorWasm.Ptx.Isa;

namespace TensorWasm.Gpu.Cpu.Operations;

/// <summary>Size and element types of an <c>mma.sync</c>.</summary>
internal readonly record struct MatrixShape(int M, int N, int K, MatrixElement A, MatrixElement B, MatrixElement C, bool Saturates)
{
    internal static MatrixShape Of(PtxOpcode opcode)
    {
        string shape = opcode.Modifier("shape")!;
        int n = shape.IndexOf('n', StringComparison.Ordinal);
        int k = shape.IndexOf('k', StringComparison.Ordinal);
        return new MatrixShape(
            int.Parse(shape.AsSpan(1, n - 1), null),
            int.Parse(shape.AsSpan(n + 1, k - n - 1), null),
            int.Parse(shape.AsSpan(k + 1), null),
            ElementOf(opcode.Modifier("A")!),
            ElementOf(opcode.Modifier("B")!),
            ElementOf(opcode.Modifier("T")!),
            opcode.Has("satfinite"));
    }

    internal static MatrixShape Decode(int code) => new(
        (code & 3) * 8,
        8,
        (code >> 2 & 15) * 4,
        (MatrixElement)(code >> 6 & 15),
        (MatrixElement)(code >> 10 & 15),
        (MatrixElement)(code >> 14 & 15),
        (code >> 18 & 1) != 0);

    internal int Encode() =>
        (M / 8) | (K / 4 << 2) | ((int)A << 6) | ((int)B << 10) | ((int)C << 14) | (Saturates ? 1 << 18 : 0);

    private static MatrixElement ElementOf(string name) => name switch
    {
        "f16" => MatrixElement.Half,
        "bf16" => MatrixElement.Brain,
        "tf32" => MatrixElement.TensorFloat,
        "f32" => MatrixElement.Single,
        "f64" => MatrixElement.Double,
        "e4m3" => MatrixElement.E4M3,
        "e5m2" => MatrixElement.E5M2,
        "s8" => MatrixElement.Signed8,
        "u8" => MatrixElement.Unsigned8,
        _ => MatrixElement.Signed32,
    };
}

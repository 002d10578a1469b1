using System.Globalization;
using TensorWasm.Ptx.Ir;
using TensorWasm.Ptx.Isa;

namespace TensorWasm.Ptx.Passes;

/// <summary>How far a wgmma operand reaches in shared memory (PTX ISA 9.7.15.5.1, matrix descriptor and strides).</summary>
/// <param name="Bytes">Bytes from the line of its start to its end.</param>
/// <param name="Line">Bytes of a swizzle line, 16 without swizzling.</param>
/// <param name="Slack">How far into its line a start may lie: what is read from there must end with the line.</param>
internal readonly record struct MatrixExtent(int Bytes, int Line, int Slack)
{
    public static MatrixExtent? Of(Instruction instruction, ulong descriptor, bool isA)
    {
        PtxOpcode opcode = instruction.Opcode;
        string shape = opcode.Modifier("shape")!;
        int rows = isA ? 64 : int.Parse(
            shape.AsSpan(4, shape.IndexOf('k', StringComparison.Ordinal) - 4), CultureInfo.InvariantCulture);
        int elementBits = (isA ? opcode.SourceType! : PtxType.Get(opcode.Modifier("B")!)).Bits;
        int leading = (int)((descriptor >> 16) & 0x3FFF) << 4;
        int stride = (int)((descriptor >> 32) & 0x3FFF) << 4;
        bool hasBaseOffset = ((descriptor >> 49) & 7) != 0;
        int line = (descriptor >> 62) switch { 0 => 16, 1 => 128, 2 => 64, _ => 32 };
        if (hasBaseOffset)
        {
            return null;
        }

        // Canonical layouts in units of 8 rows; the depth of one instruction is always 32 bytes.
        bool transposed = IsTransposed(instruction, isA);
        long bytes = (line, transposed) switch
        {
            // Rows lie one after another: 8 rows of 16 bytes; next 8 rows by stride, next 16 bytes of depth by leading.
            (16, false) => ((rows / 8) - 1L) * stride + leading + 128,
            // Swizzled: 8 rows of a line each; next 8 rows by stride.
            (_, false) => ((rows / 8) - 1L) * stride + (8L * line),
            // Depth is the outer dimension: 8 columns of 16 bytes; next 8 rows by stride, next 8 columns by leading.
            (16, true) => ((rows / 8) - 1L) * stride + leading + 128,
            // Swizzled: lines of rows; next line of rows by leading, next 8 columns by stride.
            _ => (((rows * elementBits / 8 + line - 1) / line) - 1L) * leading + stride + (8L * line),
        };
        // A row of one instruction's depth takes 32 bytes of its line; a transposed one, as many as there are rows.
        int used = transposed ? Math.Min(rows * elementBits / 8, line) : Math.Min(32, line);
        return bytes <= 1 << 18 ? new MatrixExtent((int)bytes, line, (line - used) & -16) : null;
    }

    /// <summary>
    /// How far a matrix reaches beyond its extent when its start is known to be a multiple of a power of two only.
    /// </summary>
    public int ExcessOf(int zeroBits)
    {
        // The last start of that kind in a line.
        int last = Line - Math.Min(1 << Math.Min(zeroBits, 16), Line);
        return Math.Max(last - Slack, 0);
    }

    /// <summary>The constants after the two scales: for A (only when it is a descriptor), then for B.</summary>
    private static bool IsTransposed(Instruction instruction, bool isA)
    {
        bool aIsDescriptor = instruction.Opcode.Operands[1].Kind == OperandKind.Descriptor;
        int index = isA || !aIsDescriptor ? 6 : 7;
        return instruction.Operands.Count > index && instruction.Operands[index] is ImmediateOperand { Bits: not 0 };
    }
}

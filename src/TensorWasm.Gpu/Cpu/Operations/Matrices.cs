using System.Runtime.Intrinsics;
using TensorWasm.Gpu.Cpu.Execution;

namespace TensorWasm.Gpu.Cpu.Operations;

/// <summary>
/// Matrix instructions (PTX ISA 9.7.14). A fragment's register holds, over the threads, 8 rows of A (or columns of B) by
/// 16 bytes each, in order: thread 4g + t has bytes 4t to 4t + 3 of row g.
/// </summary>
internal static unsafe class Matrices
{
    private const int Slot = WarpContext.SlotBytes;

    /// <summary>ldmatrix: the addresses of rows come from threads 8i to 8i + 7 for matrix i.</summary>
    internal static void Load(long* addresses, byte* slots, int count, int transposes)
    {
        for (int matrix = 0; matrix < count; matrix++)
        {
            ushort* to = (ushort*)(slots + (matrix * Slot));
            for (int row = 0; row < 8; row++)
            {
                ushort* from = (ushort*)addresses[(matrix * 8) + row];
                for (int column = 0; column < 8; column++)
                {
                    to[transposes != 0 ? (column * 8) + row : (row * 8) + column] = from[column];
                }
            }
        }
    }

    /// <summary>stmatrix: rows to the addresses of threads 8i to 8i + 7 for matrix i.</summary>
    internal static void Store(long* addresses, byte* slots, int count, int transposes)
    {
        for (int matrix = 0; matrix < count; matrix++)
        {
            ushort* from = (ushort*)(slots + (matrix * Slot));
            for (int row = 0; row < 8; row++)
            {
                ushort* to = (ushort*)addresses[(matrix * 8) + row];
                for (int column = 0; column < 8; column++)
                {
                    to[column] = from[transposes != 0 ? (column * 8) + row : (row * 8) + column];
                }
            }
        }
    }

    /// <summary>movmatrix: an 8 by 8 matrix of 16 bits, transposed.</summary>
    internal static void Transpose(byte* source, byte* result)
    {
        for (int i = 0; i < 64; i++)
        {
            ((ushort*)result)[(i % 8 * 8) + (i / 8)] = ((ushort*)source)[i];
        }
    }

    /// <summary>mma.sync: fragments of A, B and C in slots one after the other; the result takes C's place.</summary>
    internal static void Multiply(byte* slots, int code)
    {
        MatrixShape shape = MatrixShape.Decode(code);
        if (shape.A == MatrixElement.Double)
        {
            MultiplyDoubles(slots, shape);
        }
        else if (shape.C == MatrixElement.Signed32)
        {
            MultiplyBytes(slots, shape);
        }
        else
        {
            MultiplySingles(slots, shape);
        }
    }

    /// <summary>Products are exact and summed in single precision, in the order of k, with one rounding a step.</summary>
    private static void MultiplySingles(byte* slots, MatrixShape shape)
    {
        const int MaxK = 32;
        float* a = stackalloc float[16 * MaxK];
        float* b = stackalloc float[MaxK * 8];
        float* part = stackalloc float[128];
        int perRow = 4 * PerRegister(shape.A);
        int aSlots = shape.M / 8 * shape.K / perRow;
        int bSlots = shape.K / perRow;
        for (int i = 0; i < aSlots; i++)
        {
            Expand(slots + (i * Slot), shape.A, part);
            int firstRow = i % (shape.M / 8) * 8;
            int firstK = i / (shape.M / 8) * perRow;
            for (int row = 0; row < 8; row++)
            {
                new ReadOnlySpan<float>(part + (row * perRow), perRow)
                    .CopyTo(new Span<float>(a + ((firstRow + row) * MaxK) + firstK, perRow));
            }
        }

        byte* bStart = slots + (aSlots * Slot);
        for (int i = 0; i < bSlots; i++)
        {
            Expand(bStart + (i * Slot), shape.B, part);
            for (int column = 0; column < 8; column++)
            {
                for (int k = 0; k < perRow; k++)
                {
                    b[(((i * perRow) + k) * 8) + column] = part[(column * perRow) + k];
                }
            }
        }

        byte* c = bStart + (bSlots * Slot);
        if (shape.C == MatrixElement.Half)
        {
            AccumulateHalves(c, a, b, shape, MaxK);
        }
        else
        {
            AccumulateSingles(c, a, b, shape, MaxK);
        }
    }

    private static void AccumulateSingles(byte* c, float* a, float* b, MatrixShape shape, int stride)
    {
        float* sums = stackalloc float[128];
        for (int i = 0; i < 128; i++)
        {
            sums[i] = *Element(c, i);
        }

        for (int row = 0; row < 16; row += 4)
        {
            Vector256<float> s0 = Vector256.Load(sums + (row * 8));
            Vector256<float> s1 = Vector256.Load(sums + (row * 8) + 8);
            Vector256<float> s2 = Vector256.Load(sums + (row * 8) + 16);
            Vector256<float> s3 = Vector256.Load(sums + (row * 8) + 24);
            float* rows = a + (row * stride);
            for (int k = 0; k < shape.K; k++)
            {
                Vector256<float> column = Vector256.Load(b + (k * 8));
                s0 = Vector256.FusedMultiplyAdd(Vector256.Create(rows[k]), column, s0);
                s1 = Vector256.FusedMultiplyAdd(Vector256.Create(rows[stride + k]), column, s1);
                s2 = Vector256.FusedMultiplyAdd(Vector256.Create(rows[(2 * stride) + k]), column, s2);
                s3 = Vector256.FusedMultiplyAdd(Vector256.Create(rows[(3 * stride) + k]), column, s3);
            }

            s0.Store(sums + (row * 8));
            s1.Store(sums + (row * 8) + 8);
            s2.Store(sums + (row * 8) + 16);
            s3.Store(sums + (row * 8) + 24);
        }

        for (int i = 0; i < 128; i++)
        {
            *Element(c, i) = sums[i];
        }
    }

    /// <summary>Where element i of a 16 by 8 matrix of 32 bits lies in its fragment.</summary>
    private static float* Element(byte* fragment, int i)
    {
        int row = i / 8;
        int column = i % 8;
        int register = (row / 8 * 2) + (column & 1);
        int lane = (row % 8 * 4) + (column / 2);
        return (float*)(fragment + (register * Slot)) + lane;
    }

    private static void AccumulateHalves(byte* c, float* a, float* b, MatrixShape shape, int stride)
    {
        for (int row = 0; row < 16; row++)
        {
            ushort* halves = (ushort*)(c + (row / 8 * Slot)) + (row % 8 * 8);
            Vector256<float> sum = HalfVectors.ToSingle(Words(halves));
            for (int k = 0; k < shape.K; k++)
            {
                sum = Vector256.FusedMultiplyAdd(
                    Vector256.Create(a[(row * stride) + k]), Vector256.Load(b + (k * 8)), sum);
            }

            Vector256<int> result = HalfVectors.FromSingle(sum);
            Vector128.Narrow(result.GetLower().AsUInt32(), result.GetUpper().AsUInt32()).Store(halves);
        }
    }

    private static void MultiplyDoubles(byte* slots, MatrixShape shape)
    {
        int high = shape.M / 8;
        int steps = shape.K / 4;
        byte* b = slots + (high * steps * Slot);
        byte* c = b + (steps * Slot);
        for (int row = 0; row < shape.M; row++)
        {
            for (int column = 0; column < 8; column++)
            {
                double* sum = (double*)(c + (((row / 8 * 2) + (column & 1)) * Slot)) + (row % 8 * 4) + (column / 2);
                for (int k = 0; k < shape.K; k++)
                {
                    double x = ((double*)(slots + (((k / 4 * high) + (row / 8)) * Slot)))[(row % 8 * 4) + (k % 4)];
                    double y = ((double*)(b + (k / 4 * Slot)))[(column * 4) + (k % 4)];
                    *sum = Math.FusedMultiplyAdd(x, y, *sum);
                }
            }
        }
    }

    private static void MultiplyBytes(byte* slots, MatrixShape shape)
    {
        int high = shape.M / 8;
        int steps = shape.K / 16;
        byte* b = slots + (high * steps * Slot);
        byte* c = b + (steps * Slot);
        bool signedA = shape.A == MatrixElement.Signed8;
        bool signedB = shape.B == MatrixElement.Signed8;
        for (int row = 0; row < shape.M; row++)
        {
            for (int column = 0; column < 8; column++)
            {
                int* place = (int*)(c + (((row / 8 * 2) + (column & 1)) * Slot)) + (row % 8 * 4) + (column / 2);
                long sum = *place;
                for (int k = 0; k < shape.K; k++)
                {
                    byte x = (slots + (((k / 16 * high) + (row / 8)) * Slot))[(row % 8 * 16) + (k % 16)];
                    byte y = (b + (k / 16 * Slot))[(column * 16) + (k % 16)];
                    sum += (signedA ? (sbyte)x : x) * (signedB ? (sbyte)y : y);
                }

                *place = shape.Saturates ? (int)Math.Clamp(sum, int.MinValue, int.MaxValue) : (int)sum;
            }
        }
    }

    private static int PerRegister(MatrixElement element) => element switch
    {
        MatrixElement.Half or MatrixElement.Brain => 2,
        MatrixElement.E4M3 or MatrixElement.E5M2 => 4,
        _ => 1,
    };

    private static Vector256<int> Words(ushort* halves)
    {
        Vector128<ushort> row = Vector128.Load(halves);
        return Vector256.Create(Vector128.WidenLower(row), Vector128.WidenUpper(row)).AsInt32();
    }

    /// <summary>A register's elements over the warp, in order, as singles.</summary>
    private static void Expand(byte* register, MatrixElement element, float* result)
    {
        switch (element)
        {
            case MatrixElement.Half or MatrixElement.Brain:
                for (int i = 0; i < 64; i += 8)
                {
                    Vector256<int> words = Words((ushort*)register + i);
                    (element == MatrixElement.Half ? HalfVectors.ToSingle(words) : HalfVectors.FromBrain(words))
                        .Store(result + i);
                }

                break;
            case MatrixElement.TensorFloat:
                // The low 13 bits are not looked at (PTX ISA 5.2.3).
                for (int i = 0; i < 32; i += 8)
                {
                    (Vector256.Load((int*)register + i) & Vector256.Create(~0x1FFF)).AsSingle().Store(result + i);
                }

                break;
            default:
                SmallFloat format = SmallFloat.Of(element == MatrixElement.E4M3 ? "e4m3" : "e5m2");
                for (int i = 0; i < 128; i++)
                {
                    result[i] = (float)format.Decode(register[i]);
                }

                break;
        }
    }
}

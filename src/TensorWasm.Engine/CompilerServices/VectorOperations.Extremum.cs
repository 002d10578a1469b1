using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.Arm;
using System.Runtime.Intrinsics.X86;

namespace TensorWasm.Engine.CompilerServices;

/// <content>
/// Minimum and maximum (section 4.3.3, fmin and fmax): a NaN if either operand is one, and -0 is less than 0. The
/// hardware's MIN and MAX answer their second operand for NaN and for two zeros, so asking both ways round and joining
/// the answers' bits settles the zeros; where a NaN is about, the sum takes the answer's place, which is then a quiet
/// NaN with an operand's payload.
/// </content>
public static partial class VectorOperations
{
    /// <summary><c>f32x4.min</c></summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> F32x4Min(Vector128<byte> a, Vector128<byte> b)
    {
        var x = a.AsSingle();
        var y = b.AsSingle();
        if (AdvSimd.IsSupported) return AdvSimd.Min(x, y).AsByte();

        Vector128<float> number;
        if (Avx512DQ.VL.IsSupported)
        {
            number = Avx512DQ.VL.Range(x, y, ScalarOperations.RangeMinimum);
        }
        else if (Sse.IsSupported)
        {
            number = Sse.Min(x, y) | Sse.Min(y, x);
        }
        else
        {
            number = Vector128.ConditionalSelect(Vector128.Equals(x, y), x | y,
                Vector128.ConditionalSelect(Vector128.LessThan(x, y), x, y));
        }
        var ordered = Sse.IsSupported
            ? Sse.CompareOrdered(x, y)
            : Vector128.Equals(x, x) & Vector128.Equals(y, y);
        return Vector128.ConditionalSelect(ordered, number, x + y).AsByte();
    }

    /// <summary><c>f32x4.max</c></summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> F32x4Max(Vector128<byte> a, Vector128<byte> b)
    {
        var x = a.AsSingle();
        var y = b.AsSingle();
        if (AdvSimd.IsSupported) return AdvSimd.Max(x, y).AsByte();

        Vector128<float> number;
        if (Avx512DQ.VL.IsSupported)
        {
            number = Avx512DQ.VL.Range(x, y, ScalarOperations.RangeMaximum);
        }
        else if (Sse.IsSupported)
        {
            number = Sse.Max(x, y) & Sse.Max(y, x);
        }
        else
        {
            number = Vector128.ConditionalSelect(Vector128.Equals(x, y), x & y,
                Vector128.ConditionalSelect(Vector128.GreaterThan(x, y), x, y));
        }
        var ordered = Sse.IsSupported
            ? Sse.CompareOrdered(x, y)
            : Vector128.Equals(x, x) & Vector128.Equals(y, y);
        return Vector128.ConditionalSelect(ordered, number, x + y).AsByte();
    }

    /// <summary><c>f64x2.min</c></summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> F64x2Min(Vector128<byte> a, Vector128<byte> b)
    {
        var x = a.AsDouble();
        var y = b.AsDouble();
        if (AdvSimd.Arm64.IsSupported) return AdvSimd.Arm64.Min(x, y).AsByte();

        Vector128<double> number;
        if (Avx512DQ.VL.IsSupported)
        {
            number = Avx512DQ.VL.Range(x, y, ScalarOperations.RangeMinimum);
        }
        else if (Sse2.IsSupported)
        {
            number = Sse2.Min(x, y) | Sse2.Min(y, x);
        }
        else
        {
            number = Vector128.ConditionalSelect(Vector128.Equals(x, y), x | y,
                Vector128.ConditionalSelect(Vector128.LessThan(x, y), x, y));
        }
        var ordered = Sse2.IsSupported
            ? Sse2.CompareOrdered(x, y)
            : Vector128.Equals(x, x) & Vector128.Equals(y, y);
        return Vector128.ConditionalSelect(ordered, number, x + y).AsByte();
    }

    /// <summary><c>f64x2.max</c></summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> F64x2Max(Vector128<byte> a, Vector128<byte> b)
    {
        var x = a.AsDouble();
        var y = b.AsDouble();
        if (AdvSimd.Arm64.IsSupported) return AdvSimd.Arm64.Max(x, y).AsByte();

        Vector128<double> number;
        if (Avx512DQ.VL.IsSupported)
        {
            number = Avx512DQ.VL.Range(x, y, ScalarOperations.RangeMaximum);
        }
        else if (Sse2.IsSupported)
        {
            number = Sse2.Max(x, y) & Sse2.Max(y, x);
        }
        else
        {
            number = Vector128.ConditionalSelect(Vector128.Equals(x, y), x & y,
                Vector128.ConditionalSelect(Vector128.GreaterThan(x, y), x, y));
        }
        var ordered = Sse2.IsSupported
            ? Sse2.CompareOrdered(x, y)
            : Vector128.Equals(x, x) & Vector128.Equals(y, y);
        return Vector128.ConditionalSelect(ordered, number, x + y).AsByte();
    }
}

using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.Arm;
using System.Runtime.Intrinsics.X86;

namespace TensorWasm.Engine.CompilerServices;

/// <content>
/// Minimum and maximum (section 4.3.3, fmin and fmax): a NaN if either operand is one, and -0 is less than 0.
/// <see cref="Math.Min(double, double)"/> agrees on numbers, but hands a signalling NaN through in unoptimised code,
/// which the specification does not allow. Here numbers take a short path without branches on their order, so that
/// unordered data costs no mispredictions; one branch, which no program without NaN ever takes, guards it.
/// </content>
public static partial class ScalarOperations
{
    // VRANGE's control: the comparison, and the sign taken from its result, which makes -0 less than 0.
    internal const byte RangeMinimum = 0b0100;
    internal const byte RangeMaximum = 0b0101;

    /// <summary><c>f32.min</c>: the smaller; a NaN if either is one; -0 is less than 0.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float F32Min(float a, float b)
    {
        if (AdvSimd.Arm64.IsSupported) return AdvSimd.Arm64.MinScalar(Vector64.CreateScalarUnsafe(a), Vector64.CreateScalarUnsafe(b)).ToScalar();
        if (!Sse.IsSupported || float.IsNaN(a + b)) return Minimum(a, b);

        var x = Vector128.CreateScalarUnsafe(a);
        var y = Vector128.CreateScalarUnsafe(b);
        return Avx512DQ.IsSupported
            ? Avx512DQ.RangeScalar(x, y, RangeMinimum).ToScalar()
            : Sse.Or(Sse.MinScalar(x, y), Sse.MinScalar(y, x)).ToScalar();
    }

    /// <summary><c>f32.max</c>: the greater; a NaN if either is one; -0 is less than 0.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float F32Max(float a, float b)
    {
        if (AdvSimd.Arm64.IsSupported) return AdvSimd.Arm64.MaxScalar(Vector64.CreateScalarUnsafe(a), Vector64.CreateScalarUnsafe(b)).ToScalar();
        if (!Sse.IsSupported || float.IsNaN(a + b)) return Maximum(a, b);

        var x = Vector128.CreateScalarUnsafe(a);
        var y = Vector128.CreateScalarUnsafe(b);
        return Avx512DQ.IsSupported
            ? Avx512DQ.RangeScalar(x, y, RangeMaximum).ToScalar()
            : Sse.And(Sse.MaxScalar(x, y), Sse.MaxScalar(y, x)).ToScalar();
    }

    /// <summary><c>f64.min</c>: the smaller; a NaN if either is one; -0 is less than 0.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static double F64Min(double a, double b)
    {
        if (AdvSimd.Arm64.IsSupported) return AdvSimd.Arm64.MinScalar(Vector64.CreateScalar(a), Vector64.CreateScalar(b)).ToScalar();
        if (!Sse2.IsSupported || double.IsNaN(a + b)) return Minimum(a, b);

        var x = Vector128.CreateScalarUnsafe(a);
        var y = Vector128.CreateScalarUnsafe(b);
        return Avx512DQ.IsSupported
            ? Avx512DQ.RangeScalar(x, y, RangeMinimum).ToScalar()
            : Sse2.Or(Sse2.MinScalar(x, y), Sse2.MinScalar(y, x)).ToScalar();
    }

    /// <summary><c>f64.max</c>: the greater; a NaN if either is one; -0 is less than 0.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static double F64Max(double a, double b)
    {
        if (AdvSimd.Arm64.IsSupported) return AdvSimd.Arm64.MaxScalar(Vector64.CreateScalar(a), Vector64.CreateScalar(b)).ToScalar();
        if (!Sse2.IsSupported || double.IsNaN(a + b)) return Maximum(a, b);

        var x = Vector128.CreateScalarUnsafe(a);
        var y = Vector128.CreateScalarUnsafe(b);
        return Avx512DQ.IsSupported
            ? Avx512DQ.RangeScalar(x, y, RangeMaximum).ToScalar()
            : Sse2.And(Sse2.MaxScalar(x, y), Sse2.MaxScalar(y, x)).ToScalar();
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static float Minimum(float a, float b)
    {
        if (a < b) return a;
        if (b < a) return b;
        // Adding makes a quiet NaN of a signalling one. Equal numbers differ at most in the sign of a zero.
        return a == b ? BitConverter.Int32BitsToSingle(BitConverter.SingleToInt32Bits(a) | BitConverter.SingleToInt32Bits(b)) : a + b;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static float Maximum(float a, float b)
    {
        if (a > b) return a;
        if (b > a) return b;
        // Adding makes a quiet NaN of a signalling one. Equal numbers differ at most in the sign of a zero.
        return a == b ? BitConverter.Int32BitsToSingle(BitConverter.SingleToInt32Bits(a) & BitConverter.SingleToInt32Bits(b)) : a + b;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static double Minimum(double a, double b)
    {
        if (a < b) return a;
        if (b < a) return b;
        // Adding makes a quiet NaN of a signalling one. Equal numbers differ at most in the sign of a zero.
        return a == b ? BitConverter.Int64BitsToDouble(BitConverter.DoubleToInt64Bits(a) | BitConverter.DoubleToInt64Bits(b)) : a + b;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static double Maximum(double a, double b)
    {
        if (a > b) return a;
        if (b > a) return b;
        // Adding makes a quiet NaN of a signalling one. Equal numbers differ at most in the sign of a zero.
        return a == b ? BitConverter.Int64BitsToDouble(BitConverter.DoubleToInt64Bits(a) & BitConverter.DoubleToInt64Bits(b)) : a + b;
    }
}

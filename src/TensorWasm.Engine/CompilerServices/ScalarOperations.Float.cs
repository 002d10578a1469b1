using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;

namespace TensorWasm.Engine.CompilerServices;

/// <content>
/// Floating-point arithmetic. A NaN result's payload is the hardware's: always quiet, and canonical whenever the
/// operands' NaNs are, which is what the specification asks for (section 4.3.3, NaN propagation).
/// </content>
public static partial class ScalarOperations
{
    /// <summary><c>f32.abs</c>: clears the sign, a NaN's too.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float F32Abs(float a) => MathF.Abs(a);

    /// <summary><c>f32.ceil</c>: rounds towards positive infinity.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float F32Ceil(float a) => MathF.Ceiling(a);

    /// <summary><c>f32.floor</c>: rounds towards negative infinity.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float F32Floor(float a) => MathF.Floor(a);

    /// <summary><c>f32.trunc</c>: rounds towards zero.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float F32Trunc(float a) => MathF.Truncate(a);

    /// <summary><c>f32.nearest</c>: rounds to the nearest integer, ties to even.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float F32Nearest(float a) => MathF.Round(a);

    /// <summary><c>f32.sqrt</c>: the square root, correctly rounded.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float F32Sqrt(float a) => MathF.Sqrt(a);

    /// <summary><c>f32.copysign</c>: <paramref name="a"/> with the sign of <paramref name="b"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float F32Copysign(float a, float b) => MathF.CopySign(a, b);

    /// <summary><c>f64.abs</c>: clears the sign, a NaN's too.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static double F64Abs(double a) => Math.Abs(a);

    /// <summary><c>f64.ceil</c>: rounds towards positive infinity.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static double F64Ceil(double a) => Math.Ceiling(a);

    /// <summary><c>f64.floor</c>: rounds towards negative infinity.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static double F64Floor(double a) => Math.Floor(a);

    /// <summary><c>f64.trunc</c>: rounds towards zero.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static double F64Trunc(double a) => Math.Truncate(a);

    /// <summary><c>f64.nearest</c>: rounds to the nearest integer, ties to even.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static double F64Nearest(double a) => Math.Round(a);

    /// <summary><c>f64.sqrt</c>: the square root, correctly rounded.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static double F64Sqrt(double a) => Math.Sqrt(a);

    /// <summary><c>f64.copysign</c>: <paramref name="a"/> with the sign of <paramref name="b"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static double F64Copysign(double a, double b) => Math.CopySign(a, b);

    /// <summary><c>f32.convert_i32_u</c>, rounded once, to nearest.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float F32ConvertI32U(int a) => (long)(uint)a;

    /// <summary><c>f64.convert_i32_u</c>, exact.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static double F64ConvertI32U(int a) => (long)(uint)a;

    /// <summary><c>f32.convert_i64_u</c>, rounded once, to nearest.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float F32ConvertI64U(long a)
    {
        // A conversion by way of double, which the JIT may choose without AVX-512, would round twice.
        if (Avx512F.IsSupported) return (ulong)a;
        return a >= 0 ? a : 2.0f * HalveToOdd(a);
    }

    /// <summary><c>f64.convert_i64_u</c>, rounded once, to nearest.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static double F64ConvertI64U(long a)
    {
        if (Avx512F.IsSupported) return (ulong)a;
        return a >= 0 ? a : 2.0 * HalveToOdd(a);
    }

    /// <summary>
    /// Half of an unsigned number; a one that is shifted out sticks to the last bit, so that rounding sees that the
    /// number lies off a tie. Doubling the rounded half is exact.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static long HalveToOdd(long a) => (long)((ulong)a >> 1) | (a & 1);
}

using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace TensorWasm.Engine.CompilerServices;

/// <content>
/// Truncations that trap (section 4.3.2, trunc). On x86-64 the conversion instruction answers one reserved value for
/// everything out of range, so the fast path is the instruction and one comparison; only a guest that meets the
/// reserved value pays for finding out why.
/// </content>
public static partial class ScalarOperations
{
    /// <summary><c>i32.trunc_f32_s</c>: rounds towards zero.</summary>
    /// <exception cref="TrapException">A NaN, or out of the range of a signed 32-bit integer.</exception>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int I32TruncF32S(float a)
    {
        if (Sse.IsSupported)
        {
            var result = Sse.ConvertToInt32WithTruncation(Vector128.CreateScalarUnsafe(a));
            return result != int.MinValue ? result : CheckedI32TruncF32S(a);
        }
        return CheckedI32TruncF32S(a);
    }

    /// <summary><c>i32.trunc_f32_u</c>: rounds towards zero.</summary>
    /// <exception cref="TrapException">A NaN, or out of the range of an unsigned 32-bit integer.</exception>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int I32TruncF32U(float a)
    {
        if (Sse.X64.IsSupported)
        {
            var result = Sse.X64.ConvertToInt64WithTruncation(Vector128.CreateScalarUnsafe(a));
            return (ulong)result <= uint.MaxValue ? (int)result : CheckedI32TruncF32U(a);
        }
        return CheckedI32TruncF32U(a);
    }

    /// <summary><c>i32.trunc_f64_s</c>: rounds towards zero.</summary>
    /// <exception cref="TrapException">A NaN, or out of the range of a signed 32-bit integer.</exception>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int I32TruncF64S(double a)
    {
        if (Sse2.IsSupported)
        {
            var result = Sse2.ConvertToInt32WithTruncation(Vector128.CreateScalarUnsafe(a));
            return result != int.MinValue ? result : CheckedI32TruncF64S(a);
        }
        return CheckedI32TruncF64S(a);
    }

    /// <summary><c>i32.trunc_f64_u</c>: rounds towards zero.</summary>
    /// <exception cref="TrapException">A NaN, or out of the range of an unsigned 32-bit integer.</exception>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int I32TruncF64U(double a)
    {
        if (Sse2.X64.IsSupported)
        {
            var result = Sse2.X64.ConvertToInt64WithTruncation(Vector128.CreateScalarUnsafe(a));
            return (ulong)result <= uint.MaxValue ? (int)result : CheckedI32TruncF64U(a);
        }
        return CheckedI32TruncF64U(a);
    }

    /// <summary><c>i64.trunc_f32_s</c>: rounds towards zero.</summary>
    /// <exception cref="TrapException">A NaN, or out of the range of a signed 64-bit integer.</exception>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static long I64TruncF32S(float a)
    {
        if (Sse.X64.IsSupported)
        {
            var result = Sse.X64.ConvertToInt64WithTruncation(Vector128.CreateScalarUnsafe(a));
            return result != long.MinValue ? result : CheckedI64TruncF32S(a);
        }
        return CheckedI64TruncF32S(a);
    }

    /// <summary><c>i64.trunc_f32_u</c>: rounds towards zero.</summary>
    /// <exception cref="TrapException">A NaN, or out of the range of an unsigned 64-bit integer.</exception>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static long I64TruncF32U(float a)
    {
        if (Avx512F.X64.IsSupported)
        {
            var result = Avx512F.X64.ConvertToUInt64WithTruncation(Vector128.CreateScalarUnsafe(a));
            return result != ulong.MaxValue ? (long)result : CheckedI64TruncF32U(a);
        }
        if (Sse.X64.IsSupported)
        {
            var result = Sse.X64.ConvertToInt64WithTruncation(Vector128.CreateScalarUnsafe(a));
            return result >= 0 ? result : CheckedI64TruncF32U(a);
        }
        return CheckedI64TruncF32U(a);
    }

    /// <summary><c>i64.trunc_f64_s</c>: rounds towards zero.</summary>
    /// <exception cref="TrapException">A NaN, or out of the range of a signed 64-bit integer.</exception>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static long I64TruncF64S(double a)
    {
        if (Sse2.X64.IsSupported)
        {
            var result = Sse2.X64.ConvertToInt64WithTruncation(Vector128.CreateScalarUnsafe(a));
            return result != long.MinValue ? result : CheckedI64TruncF64S(a);
        }
        return CheckedI64TruncF64S(a);
    }

    /// <summary><c>i64.trunc_f64_u</c>: rounds towards zero.</summary>
    /// <exception cref="TrapException">A NaN, or out of the range of an unsigned 64-bit integer.</exception>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static long I64TruncF64U(double a)
    {
        if (Avx512F.X64.IsSupported)
        {
            var result = Avx512F.X64.ConvertToUInt64WithTruncation(Vector128.CreateScalarUnsafe(a));
            return result != ulong.MaxValue ? (long)result : CheckedI64TruncF64U(a);
        }
        if (Sse2.X64.IsSupported)
        {
            var result = Sse2.X64.ConvertToInt64WithTruncation(Vector128.CreateScalarUnsafe(a));
            return result >= 0 ? result : CheckedI64TruncF64U(a);
        }
        return CheckedI64TruncF64U(a);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static int CheckedI32TruncF32S(float a)
    {
        if (a is >= -2147483648f and < 2147483648f) return (int)a;
        ThrowNotTruncatable(float.IsNaN(a));
        return 0;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static int CheckedI32TruncF32U(float a)
    {
        if (a is > -1f and < 4294967296f) return (int)(uint)a;
        ThrowNotTruncatable(float.IsNaN(a));
        return 0;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static int CheckedI32TruncF64S(double a)
    {
        if (a is > -2147483649.0 and < 2147483648.0) return (int)a;
        ThrowNotTruncatable(double.IsNaN(a));
        return 0;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static int CheckedI32TruncF64U(double a)
    {
        if (a is > -1.0 and < 4294967296.0) return (int)(uint)a;
        ThrowNotTruncatable(double.IsNaN(a));
        return 0;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static long CheckedI64TruncF32S(float a)
    {
        if (a is >= -9223372036854775808f and < 9223372036854775808f) return (long)a;
        ThrowNotTruncatable(float.IsNaN(a));
        return 0;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static long CheckedI64TruncF32U(float a)
    {
        if (a is > -1f and < 18446744073709551616f) return (long)(ulong)a;
        ThrowNotTruncatable(float.IsNaN(a));
        return 0;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static long CheckedI64TruncF64S(double a)
    {
        if (a is >= -9223372036854775808.0 and < 9223372036854775808.0) return (long)a;
        ThrowNotTruncatable(double.IsNaN(a));
        return 0;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static long CheckedI64TruncF64U(double a)
    {
        if (a is > -1.0 and < 18446744073709551616.0) return (long)(ulong)a;
        ThrowNotTruncatable(double.IsNaN(a));
        return 0;
    }

    [DoesNotReturn]
    private static void ThrowNotTruncatable(bool isNaN)
    {
        if (isNaN) TrapThrow.InvalidConversion();
        TrapThrow.IntegerOverflow();
    }
}

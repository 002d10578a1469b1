using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace TensorWasm.Engine.CompilerServices;

/// <content>
/// Truncations that saturate (section 4.3.2, trunc_sat): out of range gives the nearest integer, a NaN gives 0. C#'s
/// own conversions do that since .NET 9, but pay for it each time; here the usual case is the bare instruction.
/// </content>
public static partial class ScalarOperations
{
    /// <summary><c>i32.trunc_sat_f32_s</c>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int I32TruncSatF32S(float a)
    {
        if (!Sse.IsSupported) return (int)a;

        var result = Sse.ConvertToInt32WithTruncation(Vector128.CreateScalarUnsafe(a));
        return result != int.MinValue ? result : SaturateI32F32S(a);
    }

    /// <summary><c>i32.trunc_sat_f32_u</c>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int I32TruncSatF32U(float a)
    {
        if (!Sse.X64.IsSupported) return (int)(uint)a;

        var result = Sse.X64.ConvertToInt64WithTruncation(Vector128.CreateScalarUnsafe(a));
        return (ulong)result <= uint.MaxValue ? (int)result : SaturateI32F32U(a);
    }

    /// <summary><c>i32.trunc_sat_f64_s</c>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int I32TruncSatF64S(double a)
    {
        if (!Sse2.IsSupported) return (int)a;

        var result = Sse2.ConvertToInt32WithTruncation(Vector128.CreateScalarUnsafe(a));
        return result != int.MinValue ? result : SaturateI32F64S(a);
    }

    /// <summary><c>i32.trunc_sat_f64_u</c>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int I32TruncSatF64U(double a)
    {
        if (!Sse2.X64.IsSupported) return (int)(uint)a;

        var result = Sse2.X64.ConvertToInt64WithTruncation(Vector128.CreateScalarUnsafe(a));
        return (ulong)result <= uint.MaxValue ? (int)result : SaturateI32F64U(a);
    }

    /// <summary><c>i64.trunc_sat_f32_s</c>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static long I64TruncSatF32S(float a)
    {
        if (!Sse.X64.IsSupported) return (long)a;

        var result = Sse.X64.ConvertToInt64WithTruncation(Vector128.CreateScalarUnsafe(a));
        return result != long.MinValue ? result : SaturateI64F32S(a);
    }

    /// <summary><c>i64.trunc_sat_f32_u</c>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static long I64TruncSatF32U(float a)
    {
        if (Avx512F.X64.IsSupported || !Sse.X64.IsSupported) return (long)(ulong)a;

        var result = Sse.X64.ConvertToInt64WithTruncation(Vector128.CreateScalarUnsafe(a));
        return result >= 0 ? result : SaturateI64F32U(a);
    }

    /// <summary><c>i64.trunc_sat_f64_s</c>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static long I64TruncSatF64S(double a)
    {
        if (!Sse2.X64.IsSupported) return (long)a;

        var result = Sse2.X64.ConvertToInt64WithTruncation(Vector128.CreateScalarUnsafe(a));
        return result != long.MinValue ? result : SaturateI64F64S(a);
    }

    /// <summary><c>i64.trunc_sat_f64_u</c>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static long I64TruncSatF64U(double a)
    {
        if (Avx512F.X64.IsSupported || !Sse2.X64.IsSupported) return (long)(ulong)a;

        var result = Sse2.X64.ConvertToInt64WithTruncation(Vector128.CreateScalarUnsafe(a));
        return result >= 0 ? result : SaturateI64F64U(a);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static int SaturateI32F32S(float a) => (int)a;

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static int SaturateI32F32U(float a) => (int)(uint)a;

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static int SaturateI32F64S(double a) => (int)a;

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static int SaturateI32F64U(double a) => (int)(uint)a;

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static long SaturateI64F32S(float a) => (long)a;

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static long SaturateI64F32U(float a) => (long)(ulong)a;

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static long SaturateI64F64S(double a) => (long)a;

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static long SaturateI64F64U(double a) => (long)(ulong)a;
}

using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace TensorWasm.Engine.CompilerServices;

/// <content>
/// Conversions between floating point and integers, and between the two precisions. Truncations saturate; a NaN gives 0.
/// </content>
public static partial class VectorOperations
{
    /// <summary><c>i32x4.trunc_sat_f32x4_s</c></summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> I32x4TruncSatF32x4S(Vector128<byte> a)
    {
        var x = a.AsSingle();
        if (!Sse2.IsSupported) return Vector128.ConvertToInt32(x).AsByte();

        // CVTTPS2DQ answers 0x80000000 out of range, which is right below it. Above, flipping every bit makes it the
        // greatest integer. A NaN is cleared beforehand.
        var tooGreat = Vector128.GreaterThanOrEqual(x, Vector128.Create(2147483648f)).AsInt32();
        var number = Vector128.Equals(x, x) & x;
        return (Sse2.ConvertToVector128Int32WithTruncation(number) ^ tooGreat).AsByte();
    }

    /// <summary><c>i32x4.trunc_sat_f32x4_u</c></summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> I32x4TruncSatF32x4U(Vector128<byte> a)
    {
        var x = a.AsSingle();
        if (Avx512F.VL.IsSupported)
        {
            // MAXPS answers its second operand for a NaN; VCVTTPS2UDQ answers all ones above the range.
            var positive = Sse.Max(x, Vector128<float>.Zero);
            return Avx512F.VL.ConvertToVector128UInt32WithTruncation(positive).AsByte();
        }
        if (Sse2.IsSupported)
        {
            // Below 2^31 the first conversion is right and the second adds nothing; from there on the first answers
            // 2^31 and the second what is missing. It saturates to 2^31 - 1, and by the mask to all ones.
            var positive = Sse.Max(x, Vector128<float>.Zero);
            var excess = positive - Vector128.Create(2147483648f);
            var tooGreat = Vector128.GreaterThanOrEqual(excess, Vector128.Create(2147483648f)).AsInt32();
            var second = Sse2.ConvertToVector128Int32WithTruncation(excess) ^ tooGreat;
            second &= ~(second >> 31);
            return (Sse2.ConvertToVector128Int32WithTruncation(positive) + second | tooGreat).AsByte();
        }
        return Vector128.ConvertToUInt32(x).AsByte();
    }

    /// <summary><c>i32x4.trunc_sat_f64x2_s_zero</c>: the upper lanes are zero.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> I32x4TruncSatF64x2SZero(Vector128<byte> a)
    {
        var x = a.AsDouble();
        // MINPD answers its second operand for a NaN, which is zero then. CVTTPD2DQ is right below the range.
        var most = Vector128.Equals(x, x) & Vector128.Create(2147483647.0);
        if (Sse2.IsSupported) return Sse2.ConvertToVector128Int32WithTruncation(Sse2.Min(x, most)).AsByte();
        return Vector128.NarrowWithSaturation(Vector128.ConvertToInt64(x), Vector128<long>.Zero).AsByte();
    }

    /// <summary><c>i32x4.trunc_sat_f64x2_u_zero</c>: the upper lanes are zero.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> I32x4TruncSatF64x2UZero(Vector128<byte> a)
    {
        var x = a.AsDouble();
        if (Avx512F.VL.IsSupported)
        {
            var positive = Sse2.Max(x, Vector128<double>.Zero);
            return Avx512F.VL.ConvertToVector128UInt32WithTruncation(positive).AsByte();
        }
        if (Sse41.IsSupported)
        {
            // A whole number below 2^32, added to 2^52, lies in the low half of the sum's bits.
            var clamped = Sse2.Min(Sse2.Max(x, Vector128<double>.Zero), Vector128.Create(4294967295.0));
            var bits = Sse41.RoundToZero(clamped) + Vector128.Create(4503599627370496.0);
            return Sse.Shuffle(bits.AsSingle(), Vector128<float>.Zero, 0b00_00_10_00).AsByte();
        }
        return Vector128.NarrowWithSaturation(Vector128.ConvertToUInt64(x), Vector128<ulong>.Zero).AsByte();
    }

    /// <summary><c>f32x4.convert_i32x4_s</c></summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> F32x4ConvertI32x4S(Vector128<byte> a) =>
        Vector128.ConvertToSingle(a.AsInt32()).AsByte();

    /// <summary><c>f32x4.convert_i32x4_u</c>: rounded once, to nearest.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> F32x4ConvertI32x4U(Vector128<byte> a)
    {
        if (Avx512F.VL.IsSupported) return Avx512F.VL.ConvertToVector128Single(a.AsUInt32()).AsByte();

        // Halves of sixteen bits convert exactly and scale exactly, so that the sum is the only rounding.
        var high = Vector128.ConvertToSingle((a.AsUInt32() >>> 16).AsInt32());
        var low = Vector128.ConvertToSingle((a.AsUInt32() & Vector128.Create(0xFFFFu)).AsInt32());
        return (high * Vector128.Create(65536f) + low).AsByte();
    }

    /// <summary><c>f64x2.convert_low_i32x4_s</c></summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> F64x2ConvertLowI32x4S(Vector128<byte> a)
    {
        if (Sse2.IsSupported) return Sse2.ConvertToVector128Double(a.AsInt32()).AsByte();
        return Vector128.ConvertToDouble(Vector128.WidenLower(a.AsInt32())).AsByte();
    }

    /// <summary><c>f64x2.convert_low_i32x4_u</c></summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> F64x2ConvertLowI32x4U(Vector128<byte> a)
    {
        if (Avx512F.VL.IsSupported) return Avx512F.VL.ConvertToVector128Double(a.AsUInt32()).AsByte();

        // As the low half of the bits of 2^52, the integer adds itself; taking 2^52 away leaves it.
        var power = Vector128.Create(4503599627370496.0);
        return ((Vector128.WidenLower(a.AsUInt32()) | power.AsUInt64()).AsDouble() - power).AsByte();
    }

    /// <summary><c>f32x4.demote_f64x2_zero</c>: the upper lanes are zero.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> F32x4DemoteF64x2Zero(Vector128<byte> a)
    {
        if (Sse2.IsSupported) return Sse2.ConvertToVector128Single(a.AsDouble()).AsByte();
        return Vector128.Narrow(a.AsDouble(), Vector128<double>.Zero).AsByte();
    }

    /// <summary><c>f64x2.promote_low_f32x4</c></summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> F64x2PromoteLowF32x4(Vector128<byte> a)
    {
        if (Sse2.IsSupported) return Sse2.ConvertToVector128Double(a.AsSingle()).AsByte();
        return Vector128.WidenLower(a.AsSingle()).AsByte();
    }
}

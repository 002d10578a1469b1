using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.Arm;
using System.Runtime.Intrinsics.X86;

namespace TensorWasm.Engine.CompilerServices;

/// <content>Products that are wider than their factors, dot products, pairwise sums, fixed-point products.</content>
public static partial class VectorOperations
{
    /// <summary><c>i16x8.extadd_pairwise_i8x16_s</c></summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> I16x8ExtaddPairwiseI8x16S(Vector128<byte> a)
    {
        if (Ssse3.IsSupported) return Ssse3.MultiplyAddAdjacent(Vector128.Create((byte)1), a.AsSByte()).AsByte();
        return (((a.AsInt16() << 8) >> 8) + (a.AsInt16() >> 8)).AsByte();
    }

    /// <summary><c>i16x8.extadd_pairwise_i8x16_u</c></summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> I16x8ExtaddPairwiseI8x16U(Vector128<byte> a)
    {
        if (Ssse3.IsSupported) return Ssse3.MultiplyAddAdjacent(a, Vector128.Create((sbyte)1)).AsByte();
        return ((a.AsUInt16() & Vector128.Create((ushort)0xFF)) + (a.AsUInt16() >>> 8)).AsByte();
    }

    /// <summary><c>i32x4.extadd_pairwise_i16x8_s</c></summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> I32x4ExtaddPairwiseI16x8S(Vector128<byte> a)
    {
        if (Sse2.IsSupported) return Sse2.MultiplyAddAdjacent(a.AsInt16(), Vector128.Create((short)1)).AsByte();
        return (((a.AsInt32() << 16) >> 16) + (a.AsInt32() >> 16)).AsByte();
    }

    /// <summary><c>i32x4.extadd_pairwise_i16x8_u</c></summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> I32x4ExtaddPairwiseI16x8U(Vector128<byte> a) =>
        ((a.AsUInt32() & Vector128.Create(0xFFFFu)) + (a.AsUInt32() >>> 16)).AsByte();

    /// <summary><c>i32x4.dot_i16x8_s</c>: sums of the products of neighbouring lanes.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> I32x4DotI16x8S(Vector128<byte> a, Vector128<byte> b)
    {
        if (Sse2.IsSupported) return Sse2.MultiplyAddAdjacent(a.AsInt16(), b.AsInt16()).AsByte();

        var x = a.AsInt32();
        var y = b.AsInt32();
        return (((x << 16) >> 16) * ((y << 16) >> 16) + (x >> 16) * (y >> 16)).AsByte();
    }

    /// <summary><c>i16x8.q15mulr_sat_s</c>: (a * b + 0x4000) >> 15, saturating.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> I16x8Q15mulrSatS(Vector128<byte> a, Vector128<byte> b)
    {
        if (Ssse3.IsSupported)
        {
            // PMULHRSW wraps around in the one case that overflows, -1 times -1, whose result is then 0x8000.
            var product = Ssse3.MultiplyHighRoundScale(a.AsInt16(), b.AsInt16());
            return (product ^ Vector128.Equals(product, Vector128.Create(short.MinValue))).AsByte();
        }
        if (AdvSimd.IsSupported) return AdvSimd.MultiplyRoundedDoublingSaturateHigh(a.AsInt16(), b.AsInt16()).AsByte();
        return Vector128.NarrowWithSaturation(
            RoundedProduct(Vector128.WidenLower(a.AsInt16()), Vector128.WidenLower(b.AsInt16())),
            RoundedProduct(Vector128.WidenUpper(a.AsInt16()), Vector128.WidenUpper(b.AsInt16()))).AsByte();

        static Vector128<int> RoundedProduct(Vector128<int> x, Vector128<int> y) =>
            (x * y + Vector128.Create(0x4000)) >> 15;
    }

    /// <summary><c>i16x8.extmul_low_i8x16_s</c></summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> I16x8ExtmulLowI8x16S(Vector128<byte> a, Vector128<byte> b) =>
        (Vector128.WidenLower(a.AsSByte()) * Vector128.WidenLower(b.AsSByte())).AsByte();

    /// <summary><c>i16x8.extmul_low_i8x16_u</c></summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> I16x8ExtmulLowI8x16U(Vector128<byte> a, Vector128<byte> b) =>
        (I16x8ExtendLowI8x16U(a).AsInt16() * I16x8ExtendLowI8x16U(b).AsInt16()).AsByte();

    /// <summary><c>i16x8.extmul_high_i8x16_s</c></summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> I16x8ExtmulHighI8x16S(Vector128<byte> a, Vector128<byte> b) =>
        (Vector128.WidenUpper(a.AsSByte()) * Vector128.WidenUpper(b.AsSByte())).AsByte();

    /// <summary><c>i16x8.extmul_high_i8x16_u</c></summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> I16x8ExtmulHighI8x16U(Vector128<byte> a, Vector128<byte> b) =>
        (I16x8ExtendHighI8x16U(a).AsInt16() * I16x8ExtendHighI8x16U(b).AsInt16()).AsByte();

    /// <summary><c>i32x4.extmul_low_i16x8_s</c></summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> I32x4ExtmulLowI16x8S(Vector128<byte> a, Vector128<byte> b)
    {
        // Half products and an interleave: PMULLD, which a widened product needs, takes twice as long as PMULLW.
        if (Sse2.IsSupported)
        {
            var low = Sse2.MultiplyLow(a.AsInt16(), b.AsInt16());
            var high = Sse2.MultiplyHigh(a.AsInt16(), b.AsInt16());
            return Sse2.UnpackLow(low, high).AsByte();
        }
        return (Vector128.WidenLower(a.AsInt16()) * Vector128.WidenLower(b.AsInt16())).AsByte();
    }

    /// <summary><c>i32x4.extmul_low_i16x8_u</c></summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> I32x4ExtmulLowI16x8U(Vector128<byte> a, Vector128<byte> b)
    {
        // Half products and an interleave: PMULLD, which a widened product needs, takes twice as long as PMULLW.
        if (Sse2.IsSupported)
        {
            var low = Sse2.MultiplyLow(a.AsUInt16(), b.AsUInt16());
            var high = Sse2.MultiplyHigh(a.AsUInt16(), b.AsUInt16());
            return Sse2.UnpackLow(low, high).AsByte();
        }
        return (Vector128.WidenLower(a.AsUInt16()) * Vector128.WidenLower(b.AsUInt16())).AsByte();
    }

    /// <summary><c>i32x4.extmul_high_i16x8_s</c></summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> I32x4ExtmulHighI16x8S(Vector128<byte> a, Vector128<byte> b)
    {
        // Half products and an interleave: PMULLD, which a widened product needs, takes twice as long as PMULLW.
        if (Sse2.IsSupported)
        {
            var low = Sse2.MultiplyLow(a.AsInt16(), b.AsInt16());
            var high = Sse2.MultiplyHigh(a.AsInt16(), b.AsInt16());
            return Sse2.UnpackHigh(low, high).AsByte();
        }
        return (Vector128.WidenUpper(a.AsInt16()) * Vector128.WidenUpper(b.AsInt16())).AsByte();
    }

    /// <summary><c>i32x4.extmul_high_i16x8_u</c></summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> I32x4ExtmulHighI16x8U(Vector128<byte> a, Vector128<byte> b)
    {
        // Half products and an interleave: PMULLD, which a widened product needs, takes twice as long as PMULLW.
        if (Sse2.IsSupported)
        {
            var low = Sse2.MultiplyLow(a.AsUInt16(), b.AsUInt16());
            var high = Sse2.MultiplyHigh(a.AsUInt16(), b.AsUInt16());
            return Sse2.UnpackHigh(low, high).AsByte();
        }
        return (Vector128.WidenUpper(a.AsUInt16()) * Vector128.WidenUpper(b.AsUInt16())).AsByte();
    }

    /// <summary><c>i64x2.extmul_low_i32x4_s</c></summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> I64x2ExtmulLowI32x4S(Vector128<byte> a, Vector128<byte> b)
    {
        if (Sse41.IsSupported)
        {
            var x = Sse2.Shuffle(a.AsInt32(), 0b01_01_00_00);
            var y = Sse2.Shuffle(b.AsInt32(), 0b01_01_00_00);
            return Sse41.Multiply(x, y).AsByte();
        }
        return (Vector128.WidenLower(a.AsInt32()) * Vector128.WidenLower(b.AsInt32())).AsByte();
    }

    /// <summary><c>i64x2.extmul_low_i32x4_u</c></summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> I64x2ExtmulLowI32x4U(Vector128<byte> a, Vector128<byte> b)
    {
        if (Sse2.IsSupported)
        {
            var x = Sse2.Shuffle(a.AsUInt32(), 0b01_01_00_00);
            var y = Sse2.Shuffle(b.AsUInt32(), 0b01_01_00_00);
            return Sse2.Multiply(x, y).AsByte();
        }
        return (Vector128.WidenLower(a.AsUInt32()) * Vector128.WidenLower(b.AsUInt32())).AsByte();
    }

    /// <summary><c>i64x2.extmul_high_i32x4_s</c></summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> I64x2ExtmulHighI32x4S(Vector128<byte> a, Vector128<byte> b)
    {
        if (Sse41.IsSupported)
        {
            var x = Sse2.Shuffle(a.AsInt32(), 0b11_11_10_10);
            var y = Sse2.Shuffle(b.AsInt32(), 0b11_11_10_10);
            return Sse41.Multiply(x, y).AsByte();
        }
        return (Vector128.WidenUpper(a.AsInt32()) * Vector128.WidenUpper(b.AsInt32())).AsByte();
    }

    /// <summary><c>i64x2.extmul_high_i32x4_u</c></summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> I64x2ExtmulHighI32x4U(Vector128<byte> a, Vector128<byte> b)
    {
        if (Sse2.IsSupported)
        {
            var x = Sse2.Shuffle(a.AsUInt32(), 0b11_11_10_10);
            var y = Sse2.Shuffle(b.AsUInt32(), 0b11_11_10_10);
            return Sse2.Multiply(x, y).AsByte();
        }
        return (Vector128.WidenUpper(a.AsUInt32()) * Vector128.WidenUpper(b.AsUInt32())).AsByte();
    }
}

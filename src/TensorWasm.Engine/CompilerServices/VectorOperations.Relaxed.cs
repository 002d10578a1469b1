using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace TensorWasm.Engine.CompilerServices;

/// <content>
/// Relaxed operations (section 4.3.5). Of the results that the specification allows, each takes the one that x86-64 is
/// fastest at, and every other processor computes the same, so that a guest sees one answer everywhere:
/// <list type="bullet">
/// <item>swizzle: an index from 16 to 127 counts modulo 16; from 128 on it gives 0.</item>
/// <item>signed truncation: out of range, and for a NaN, the smallest integer. Unsigned truncation: saturates.</item>
/// <item>madd and nmadd: fused, rounded once.</item>
/// <item>laneselect: bit by bit, like <c>v128.bitselect</c>.</item>
/// <item>min and max: <c>a &lt; b ? a : b</c> and <c>a &gt; b ? a : b</c>.</item>
/// <item>q15mulr: -1 times -1 wraps around to -1.</item>
/// <item>dot: the second operand's lanes are unsigned; sums of two saturate, sums of four do not.</item>
/// </list>
/// </content>
public static partial class VectorOperations
{
    /// <summary><c>i8x16.relaxed_swizzle</c></summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> I8x16RelaxedSwizzle(Vector128<byte> a, Vector128<byte> b)
    {
        if (Ssse3.IsSupported) return Ssse3.Shuffle(a, b);
        return Vector128.Shuffle(a, b & Vector128.Create((byte)0x8F));
    }

    /// <summary><c>i32x4.relaxed_trunc_f32x4_s</c></summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> I32x4RelaxedTruncF32x4S(Vector128<byte> a)
    {
        var x = a.AsSingle();
        if (Sse2.IsSupported) return Sse2.ConvertToVector128Int32WithTruncation(x).AsByte();
        return Vector128.ConditionalSelect(Vector128.LessThan(x, Vector128.Create(2147483648f)).AsInt32(),
            Vector128.ConvertToInt32(x), Vector128.Create(int.MinValue)).AsByte();
    }

    /// <summary><c>i32x4.relaxed_trunc_f32x4_u</c></summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> I32x4RelaxedTruncF32x4U(Vector128<byte> a) => I32x4TruncSatF32x4U(a);

    /// <summary><c>i32x4.relaxed_trunc_f64x2_s_zero</c></summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> I32x4RelaxedTruncF64x2SZero(Vector128<byte> a)
    {
        var x = a.AsDouble();
        if (Sse2.IsSupported) return Sse2.ConvertToVector128Int32WithTruncation(x).AsByte();

        var least = Vector128.Create((long)int.MinValue);
        var inRange = Vector128.LessThan(x, Vector128.Create(2147483648.0)).AsInt64();
        var result = Vector128.ConditionalSelect(inRange, Vector128.ConvertToInt64(x), least);
        return Vector128.NarrowWithSaturation(result, Vector128<long>.Zero).AsByte();
    }

    /// <summary><c>i32x4.relaxed_trunc_f64x2_u_zero</c></summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> I32x4RelaxedTruncF64x2UZero(Vector128<byte> a) => I32x4TruncSatF64x2UZero(a);

    /// <summary><c>f32x4.relaxed_madd</c>: a * b + c.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> F32x4RelaxedMadd(Vector128<byte> a, Vector128<byte> b, Vector128<byte> c) =>
        Vector128.FusedMultiplyAdd(a.AsSingle(), b.AsSingle(), c.AsSingle()).AsByte();

    /// <summary><c>f32x4.relaxed_nmadd</c>: -(a * b) + c.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> F32x4RelaxedNmadd(Vector128<byte> a, Vector128<byte> b, Vector128<byte> c) =>
        Vector128.FusedMultiplyAdd(-a.AsSingle(), b.AsSingle(), c.AsSingle()).AsByte();

    /// <summary><c>f64x2.relaxed_madd</c>: a * b + c.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> F64x2RelaxedMadd(Vector128<byte> a, Vector128<byte> b, Vector128<byte> c) =>
        Vector128.FusedMultiplyAdd(a.AsDouble(), b.AsDouble(), c.AsDouble()).AsByte();

    /// <summary><c>f64x2.relaxed_nmadd</c>: -(a * b) + c.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> F64x2RelaxedNmadd(Vector128<byte> a, Vector128<byte> b, Vector128<byte> c) =>
        Vector128.FusedMultiplyAdd(-a.AsDouble(), b.AsDouble(), c.AsDouble()).AsByte();

    /// <summary><c>i8x16.relaxed_laneselect</c></summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> I8x16RelaxedLaneselect(Vector128<byte> a, Vector128<byte> b, Vector128<byte> c) =>
        Vector128.ConditionalSelect(c, a, b);

    /// <summary><c>i16x8.relaxed_laneselect</c></summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> I16x8RelaxedLaneselect(Vector128<byte> a, Vector128<byte> b, Vector128<byte> c) =>
        Vector128.ConditionalSelect(c, a, b);

    /// <summary><c>i32x4.relaxed_laneselect</c></summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> I32x4RelaxedLaneselect(Vector128<byte> a, Vector128<byte> b, Vector128<byte> c) =>
        Vector128.ConditionalSelect(c, a, b);

    /// <summary><c>i64x2.relaxed_laneselect</c></summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> I64x2RelaxedLaneselect(Vector128<byte> a, Vector128<byte> b, Vector128<byte> c) =>
        Vector128.ConditionalSelect(c, a, b);

    /// <summary><c>f32x4.relaxed_min</c></summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> F32x4RelaxedMin(Vector128<byte> a, Vector128<byte> b)
    {
        if (Sse.IsSupported) return Sse.Min(a.AsSingle(), b.AsSingle()).AsByte();
        return Vector128.ConditionalSelect(Vector128.LessThan(a.AsSingle(), b.AsSingle()).AsByte(), a, b);
    }

    /// <summary><c>f32x4.relaxed_max</c></summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> F32x4RelaxedMax(Vector128<byte> a, Vector128<byte> b)
    {
        if (Sse.IsSupported) return Sse.Max(a.AsSingle(), b.AsSingle()).AsByte();
        return Vector128.ConditionalSelect(Vector128.GreaterThan(a.AsSingle(), b.AsSingle()).AsByte(), a, b);
    }

    /// <summary><c>f64x2.relaxed_min</c></summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> F64x2RelaxedMin(Vector128<byte> a, Vector128<byte> b)
    {
        if (Sse2.IsSupported) return Sse2.Min(a.AsDouble(), b.AsDouble()).AsByte();
        return Vector128.ConditionalSelect(Vector128.LessThan(a.AsDouble(), b.AsDouble()).AsByte(), a, b);
    }

    /// <summary><c>f64x2.relaxed_max</c></summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> F64x2RelaxedMax(Vector128<byte> a, Vector128<byte> b)
    {
        if (Sse2.IsSupported) return Sse2.Max(a.AsDouble(), b.AsDouble()).AsByte();
        return Vector128.ConditionalSelect(Vector128.GreaterThan(a.AsDouble(), b.AsDouble()).AsByte(), a, b);
    }

    /// <summary><c>i16x8.relaxed_q15mulr_s</c></summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> I16x8RelaxedQ15mulrS(Vector128<byte> a, Vector128<byte> b)
    {
        if (Ssse3.IsSupported) return Ssse3.MultiplyHighRoundScale(a.AsInt16(), b.AsInt16()).AsByte();

        var one = Vector128.Create(short.MinValue);
        var overflow = Vector128.Equals(a.AsInt16(), one) & Vector128.Equals(b.AsInt16(), one);
        return (I16x8Q15mulrSatS(a, b).AsInt16() ^ overflow).AsByte();
    }

    /// <summary><c>i16x8.relaxed_dot_i8x16_i7x16_s</c></summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> I16x8RelaxedDotI8x16I7x16S(Vector128<byte> a, Vector128<byte> b)
    {
        if (Ssse3.IsSupported) return Ssse3.MultiplyAddAdjacent(b, a.AsSByte()).AsByte();

        var x = a.AsInt16();
        var even = ((x << 8) >> 8) * (b.AsInt16() & Vector128.Create((short)0xFF));
        var odd = (x >> 8) * (b.AsUInt16() >>> 8).AsInt16();
        return Vector128.AddSaturate(even, odd).AsByte();
    }

    /// <summary><c>i32x4.relaxed_dot_i8x16_i7x16_add_s</c></summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> I32x4RelaxedDotI8x16I7x16AddS(Vector128<byte> a, Vector128<byte> b, Vector128<byte> c)
    {
        if (AvxVnni.IsSupported)
        {
            return AvxVnni.MultiplyWideningAndAdd(c.AsInt32(), b, a.AsSByte()).AsByte();
        }

        // VPDPBUSD by hand: even and odd bytes as lanes of sixteen bits, then sums of two products in 32 bits each.
        var x = a.AsInt16();
        var even = I32x4DotI16x8S(((x << 8) >> 8).AsByte(), b & Vector128.Create((short)0xFF).AsByte());
        var odd = I32x4DotI16x8S((x >> 8).AsByte(), (b.AsUInt16() >>> 8).AsByte());
        return (c.AsInt32() + even.AsInt32() + odd.AsInt32()).AsByte();
    }
}

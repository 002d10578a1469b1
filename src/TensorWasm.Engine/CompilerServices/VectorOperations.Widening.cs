using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace TensorWasm.Engine.CompilerServices;

/// <content>Operations between lanes of one width and lanes of the next.</content>
public static partial class VectorOperations
{
    /// <summary><c>i16x8.extend_low_i8x16_s</c></summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> I16x8ExtendLowI8x16S(Vector128<byte> a) => Vector128.WidenLower(a.AsSByte()).AsByte();

    /// <summary><c>i16x8.extend_low_i8x16_u</c></summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> I16x8ExtendLowI8x16U(Vector128<byte> a) => Vector128.WidenLower(a).AsByte();

    /// <summary><c>i16x8.extend_high_i8x16_s</c></summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> I16x8ExtendHighI8x16S(Vector128<byte> a) =>
        Vector128.WidenUpper(a.AsSByte()).AsByte();

    /// <summary><c>i16x8.extend_high_i8x16_u</c></summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> I16x8ExtendHighI8x16U(Vector128<byte> a)
    {
        if (Sse2.IsSupported) return Sse2.UnpackHigh(a, Vector128<byte>.Zero);
        return Vector128.WidenUpper(a).AsByte();
    }

    /// <summary><c>i32x4.extend_low_i16x8_s</c></summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> I32x4ExtendLowI16x8S(Vector128<byte> a) => Vector128.WidenLower(a.AsInt16()).AsByte();

    /// <summary><c>i32x4.extend_low_i16x8_u</c></summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> I32x4ExtendLowI16x8U(Vector128<byte> a) =>
        Vector128.WidenLower(a.AsUInt16()).AsByte();

    /// <summary><c>i32x4.extend_high_i16x8_s</c></summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> I32x4ExtendHighI16x8S(Vector128<byte> a) =>
        Vector128.WidenUpper(a.AsInt16()).AsByte();

    /// <summary><c>i32x4.extend_high_i16x8_u</c></summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> I32x4ExtendHighI16x8U(Vector128<byte> a)
    {
        if (Sse2.IsSupported) return Sse2.UnpackHigh(a.AsUInt16(), Vector128<ushort>.Zero).AsByte();
        return Vector128.WidenUpper(a.AsUInt16()).AsByte();
    }

    /// <summary><c>i64x2.extend_low_i32x4_s</c></summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> I64x2ExtendLowI32x4S(Vector128<byte> a) => Vector128.WidenLower(a.AsInt32()).AsByte();

    /// <summary><c>i64x2.extend_low_i32x4_u</c></summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> I64x2ExtendLowI32x4U(Vector128<byte> a) =>
        Vector128.WidenLower(a.AsUInt32()).AsByte();

    /// <summary><c>i64x2.extend_high_i32x4_s</c></summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> I64x2ExtendHighI32x4S(Vector128<byte> a) =>
        Vector128.WidenUpper(a.AsInt32()).AsByte();

    /// <summary><c>i64x2.extend_high_i32x4_u</c></summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> I64x2ExtendHighI32x4U(Vector128<byte> a)
    {
        if (Sse2.IsSupported) return Sse2.UnpackHigh(a.AsUInt32(), Vector128<uint>.Zero).AsByte();
        return Vector128.WidenUpper(a.AsUInt32()).AsByte();
    }

    /// <summary><c>i8x16.narrow_i16x8_s</c>: saturates; the lanes of <paramref name="a"/> first.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> I8x16NarrowI16x8S(Vector128<byte> a, Vector128<byte> b) =>
        Vector128.NarrowWithSaturation(a.AsInt16(), b.AsInt16()).AsByte();

    /// <summary>
    /// <c>i8x16.narrow_i16x8_u</c>: signed lanes saturate to unsigned ones; those of <paramref name="a"/> first.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> I8x16NarrowI16x8U(Vector128<byte> a, Vector128<byte> b)
    {
        if (Sse2.IsSupported) return Sse2.PackUnsignedSaturate(a.AsInt16(), b.AsInt16());
        return Vector128.NarrowWithSaturation(
            Vector128.Max(a.AsInt16(), Vector128<short>.Zero).AsUInt16(),
            Vector128.Max(b.AsInt16(), Vector128<short>.Zero).AsUInt16());
    }

    /// <summary><c>i16x8.narrow_i32x4_s</c>: saturates; the lanes of <paramref name="a"/> first.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> I16x8NarrowI32x4S(Vector128<byte> a, Vector128<byte> b) =>
        Vector128.NarrowWithSaturation(a.AsInt32(), b.AsInt32()).AsByte();

    /// <summary><c>i16x8.narrow_i32x4_u</c>: signed lanes saturate to unsigned ones.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> I16x8NarrowI32x4U(Vector128<byte> a, Vector128<byte> b)
    {
        if (Sse41.IsSupported) return Sse41.PackUnsignedSaturate(a.AsInt32(), b.AsInt32()).AsByte();
        return Vector128.NarrowWithSaturation(
            Vector128.Max(a.AsInt32(), Vector128<int>.Zero).AsUInt32(),
            Vector128.Max(b.AsInt32(), Vector128<int>.Zero).AsUInt32()).AsByte();
    }
}

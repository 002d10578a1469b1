using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.Arm;
using System.Runtime.Intrinsics.X86;

namespace TensorWasm.Engine.CompilerServices;

/// <content>Integer arithmetic, lane by lane; it wraps around unless the name says that it saturates.</content>
public static partial class VectorOperations
{
    /// <summary><c>i8x16.abs</c>: the smallest integer stays as it is.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> I8x16Abs(Vector128<byte> a)
    {
        var sign = Vector128.ShiftRightArithmetic(a.AsSByte(), 7);
        return Vector128.IsHardwareAccelerated
            ? Vector128.Abs(a.AsSByte()).AsByte()
            : ((a.AsSByte() ^ sign) - sign).AsByte();
    }

    /// <summary><c>i8x16.neg</c></summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> I8x16Neg(Vector128<byte> a) => (-a.AsSByte()).AsByte();

    /// <summary><c>i8x16.add</c></summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> I8x16Add(Vector128<byte> a, Vector128<byte> b) => a + b;

    /// <summary><c>i8x16.sub</c></summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> I8x16Sub(Vector128<byte> a, Vector128<byte> b) => a - b;

    /// <summary><c>i8x16.min_s</c></summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> I8x16MinS(Vector128<byte> a, Vector128<byte> b) =>
        Vector128.Min(a.AsSByte(), b.AsSByte()).AsByte();

    /// <summary><c>i8x16.min_u</c></summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> I8x16MinU(Vector128<byte> a, Vector128<byte> b) => Vector128.Min(a, b);

    /// <summary><c>i8x16.max_s</c></summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> I8x16MaxS(Vector128<byte> a, Vector128<byte> b) =>
        Vector128.Max(a.AsSByte(), b.AsSByte()).AsByte();

    /// <summary><c>i8x16.max_u</c></summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> I8x16MaxU(Vector128<byte> a, Vector128<byte> b) => Vector128.Max(a, b);

    /// <summary><c>i8x16.add_sat_s</c></summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> I8x16AddSatS(Vector128<byte> a, Vector128<byte> b) =>
        Vector128.AddSaturate(a.AsSByte(), b.AsSByte()).AsByte();

    /// <summary><c>i8x16.add_sat_u</c></summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> I8x16AddSatU(Vector128<byte> a, Vector128<byte> b) => Vector128.AddSaturate(a, b);

    /// <summary><c>i8x16.sub_sat_s</c></summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> I8x16SubSatS(Vector128<byte> a, Vector128<byte> b) =>
        Vector128.SubtractSaturate(a.AsSByte(), b.AsSByte()).AsByte();

    /// <summary><c>i8x16.sub_sat_u</c></summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> I8x16SubSatU(Vector128<byte> a, Vector128<byte> b) =>
        Vector128.SubtractSaturate(a, b);

    /// <summary><c>i8x16.avgr_u</c>: the mean, halves rounded up.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> I8x16AvgrU(Vector128<byte> a, Vector128<byte> b)
    {
        if (Sse2.IsSupported) return Sse2.Average(a, b);
        return ((a | b) - ((a ^ b) >>> 1));
    }

    /// <summary><c>i16x8.abs</c>: the smallest integer stays as it is.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> I16x8Abs(Vector128<byte> a)
    {
        var sign = Vector128.ShiftRightArithmetic(a.AsInt16(), 15);
        return Vector128.IsHardwareAccelerated
            ? Vector128.Abs(a.AsInt16()).AsByte()
            : ((a.AsInt16() ^ sign) - sign).AsByte();
    }

    /// <summary><c>i16x8.neg</c></summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> I16x8Neg(Vector128<byte> a) => (-a.AsInt16()).AsByte();

    /// <summary><c>i16x8.add</c></summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> I16x8Add(Vector128<byte> a, Vector128<byte> b) =>
        (a.AsInt16() + b.AsInt16()).AsByte();

    /// <summary><c>i16x8.sub</c></summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> I16x8Sub(Vector128<byte> a, Vector128<byte> b) =>
        (a.AsInt16() - b.AsInt16()).AsByte();

    /// <summary><c>i16x8.mul</c></summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> I16x8Mul(Vector128<byte> a, Vector128<byte> b) =>
        (a.AsInt16() * b.AsInt16()).AsByte();

    /// <summary><c>i16x8.min_s</c></summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> I16x8MinS(Vector128<byte> a, Vector128<byte> b) =>
        Vector128.Min(a.AsInt16(), b.AsInt16()).AsByte();

    /// <summary><c>i16x8.min_u</c></summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> I16x8MinU(Vector128<byte> a, Vector128<byte> b) =>
        Vector128.Min(a.AsUInt16(), b.AsUInt16()).AsByte();

    /// <summary><c>i16x8.max_s</c></summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> I16x8MaxS(Vector128<byte> a, Vector128<byte> b) =>
        Vector128.Max(a.AsInt16(), b.AsInt16()).AsByte();

    /// <summary><c>i16x8.max_u</c></summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> I16x8MaxU(Vector128<byte> a, Vector128<byte> b) =>
        Vector128.Max(a.AsUInt16(), b.AsUInt16()).AsByte();

    /// <summary><c>i16x8.add_sat_s</c></summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> I16x8AddSatS(Vector128<byte> a, Vector128<byte> b) =>
        Vector128.AddSaturate(a.AsInt16(), b.AsInt16()).AsByte();

    /// <summary><c>i16x8.add_sat_u</c></summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> I16x8AddSatU(Vector128<byte> a, Vector128<byte> b) =>
        Vector128.AddSaturate(a.AsUInt16(), b.AsUInt16()).AsByte();

    /// <summary><c>i16x8.sub_sat_s</c></summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> I16x8SubSatS(Vector128<byte> a, Vector128<byte> b) =>
        Vector128.SubtractSaturate(a.AsInt16(), b.AsInt16()).AsByte();

    /// <summary><c>i16x8.sub_sat_u</c></summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> I16x8SubSatU(Vector128<byte> a, Vector128<byte> b) =>
        Vector128.SubtractSaturate(a.AsUInt16(), b.AsUInt16()).AsByte();

    /// <summary><c>i16x8.avgr_u</c>: the mean, halves rounded up.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> I16x8AvgrU(Vector128<byte> a, Vector128<byte> b)
    {
        if (Sse2.IsSupported) return Sse2.Average(a.AsUInt16(), b.AsUInt16()).AsByte();
        return ((a.AsUInt16() | b.AsUInt16()) - ((a.AsUInt16() ^ b.AsUInt16()) >>> 1)).AsByte();
    }

    /// <summary><c>i32x4.abs</c>: the smallest integer stays as it is.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> I32x4Abs(Vector128<byte> a)
    {
        var sign = Vector128.ShiftRightArithmetic(a.AsInt32(), 31);
        return Vector128.IsHardwareAccelerated
            ? Vector128.Abs(a.AsInt32()).AsByte()
            : ((a.AsInt32() ^ sign) - sign).AsByte();
    }

    /// <summary><c>i32x4.neg</c></summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> I32x4Neg(Vector128<byte> a) => (-a.AsInt32()).AsByte();

    /// <summary><c>i32x4.add</c></summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> I32x4Add(Vector128<byte> a, Vector128<byte> b) =>
        (a.AsInt32() + b.AsInt32()).AsByte();

    /// <summary><c>i32x4.sub</c></summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> I32x4Sub(Vector128<byte> a, Vector128<byte> b) =>
        (a.AsInt32() - b.AsInt32()).AsByte();

    /// <summary><c>i32x4.mul</c></summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> I32x4Mul(Vector128<byte> a, Vector128<byte> b) =>
        (a.AsInt32() * b.AsInt32()).AsByte();

    /// <summary><c>i32x4.min_s</c></summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> I32x4MinS(Vector128<byte> a, Vector128<byte> b) =>
        Vector128.Min(a.AsInt32(), b.AsInt32()).AsByte();

    /// <summary><c>i32x4.min_u</c></summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> I32x4MinU(Vector128<byte> a, Vector128<byte> b) =>
        Vector128.Min(a.AsUInt32(), b.AsUInt32()).AsByte();

    /// <summary><c>i32x4.max_s</c></summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> I32x4MaxS(Vector128<byte> a, Vector128<byte> b) =>
        Vector128.Max(a.AsInt32(), b.AsInt32()).AsByte();

    /// <summary><c>i32x4.max_u</c></summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> I32x4MaxU(Vector128<byte> a, Vector128<byte> b) =>
        Vector128.Max(a.AsUInt32(), b.AsUInt32()).AsByte();

    /// <summary><c>i64x2.abs</c>: the smallest integer stays as it is.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> I64x2Abs(Vector128<byte> a)
    {
        var sign = Vector128.ShiftRightArithmetic(a.AsInt64(), 63);
        return Vector128.IsHardwareAccelerated
            ? Vector128.Abs(a.AsInt64()).AsByte()
            : ((a.AsInt64() ^ sign) - sign).AsByte();
    }

    /// <summary><c>i64x2.neg</c></summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> I64x2Neg(Vector128<byte> a) => (-a.AsInt64()).AsByte();

    /// <summary><c>i64x2.add</c></summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> I64x2Add(Vector128<byte> a, Vector128<byte> b) =>
        (a.AsInt64() + b.AsInt64()).AsByte();

    /// <summary><c>i64x2.sub</c></summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> I64x2Sub(Vector128<byte> a, Vector128<byte> b) =>
        (a.AsInt64() - b.AsInt64()).AsByte();

    /// <summary><c>i64x2.mul</c></summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> I64x2Mul(Vector128<byte> a, Vector128<byte> b) =>
        (a.AsInt64() * b.AsInt64()).AsByte();

    /// <summary><c>i8x16.popcnt</c>: the number of ones in each byte.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> I8x16Popcnt(Vector128<byte> a)
    {
        if (AdvSimd.IsSupported) return AdvSimd.PopCount(a);
        if (Ssse3.IsSupported)
        {
            // The counts of the sixteen half-bytes, by table.
            var counts = Vector128.Create((byte)0, 1, 1, 2, 1, 2, 2, 3, 1, 2, 2, 3, 2, 3, 3, 4);
            var low = Vector128.Create((byte)0x0F);
            return Ssse3.Shuffle(counts, a & low) + Ssse3.Shuffle(counts, (a.AsUInt16() >>> 4).AsByte() & low);
        }
        var pairs = a - ((a >>> 1) & Vector128.Create((byte)0x55));
        var quads = (pairs & Vector128.Create((byte)0x33)) + ((pairs >>> 2) & Vector128.Create((byte)0x33));
        return (quads + (quads >>> 4)) & Vector128.Create((byte)0x0F);
    }
}

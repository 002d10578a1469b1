using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.Arm;
using System.Runtime.Intrinsics.X86;

namespace TensorWasm.Engine.CompilerServices;

/// <content>
/// Splats, lanes, shuffles. A lane index is a constant of the guest's code, which the validator has checked: RyuJIT sees
/// it after inlining and picks the one instruction.
/// </content>
public static partial class VectorOperations
{
    /// <summary><c>i8x16.splat</c></summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> I8x16Splat(int a) => Vector128.Create((byte)a);

    /// <summary><c>i16x8.splat</c></summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> I16x8Splat(int a) => Vector128.Create((short)a).AsByte();

    /// <summary><c>i32x4.splat</c></summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> I32x4Splat(int a) => Vector128.Create(a).AsByte();

    /// <summary><c>i64x2.splat</c></summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> I64x2Splat(long a) => Vector128.Create(a).AsByte();

    /// <summary><c>f32x4.splat</c></summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> F32x4Splat(float a) => Vector128.Create(a).AsByte();

    /// <summary><c>f64x2.splat</c></summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> F64x2Splat(double a) => Vector128.Create(a).AsByte();

    /// <summary><c>i8x16.extract_lane_s</c></summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int I8x16ExtractLaneS(Vector128<byte> a, int lane) => a.AsSByte().GetElement(lane);

    /// <summary><c>i8x16.extract_lane_u</c></summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int I8x16ExtractLaneU(Vector128<byte> a, int lane) => a.GetElement(lane);

    /// <summary><c>i16x8.extract_lane_s</c></summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int I16x8ExtractLaneS(Vector128<byte> a, int lane) => a.AsInt16().GetElement(lane);

    /// <summary><c>i16x8.extract_lane_u</c></summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int I16x8ExtractLaneU(Vector128<byte> a, int lane) => a.AsUInt16().GetElement(lane);

    /// <summary><c>i32x4.extract_lane</c></summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int I32x4ExtractLane(Vector128<byte> a, int lane) => a.AsInt32().GetElement(lane);

    /// <summary><c>i64x2.extract_lane</c></summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static long I64x2ExtractLane(Vector128<byte> a, int lane) => a.AsInt64().GetElement(lane);

    /// <summary><c>f32x4.extract_lane</c></summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float F32x4ExtractLane(Vector128<byte> a, int lane) => a.AsSingle().GetElement(lane);

    /// <summary><c>f64x2.extract_lane</c></summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static double F64x2ExtractLane(Vector128<byte> a, int lane) => a.AsDouble().GetElement(lane);

    /// <summary><c>i8x16.replace_lane</c></summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> I8x16ReplaceLane(Vector128<byte> a, int b, int lane) => a.WithElement(lane, (byte)b);

    /// <summary><c>i16x8.replace_lane</c></summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> I16x8ReplaceLane(Vector128<byte> a, int b, int lane) =>
        a.AsInt16().WithElement(lane, (short)b).AsByte();

    /// <summary><c>i32x4.replace_lane</c></summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> I32x4ReplaceLane(Vector128<byte> a, int b, int lane) =>
        a.AsInt32().WithElement(lane, b).AsByte();

    /// <summary><c>i64x2.replace_lane</c></summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> I64x2ReplaceLane(Vector128<byte> a, long b, int lane) =>
        a.AsInt64().WithElement(lane, b).AsByte();

    /// <summary><c>f32x4.replace_lane</c></summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> F32x4ReplaceLane(Vector128<byte> a, float b, int lane) =>
        a.AsSingle().WithElement(lane, b).AsByte();

    /// <summary><c>f64x2.replace_lane</c></summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> F64x2ReplaceLane(Vector128<byte> a, double b, int lane) =>
        a.AsDouble().WithElement(lane, b).AsByte();

    /// <summary><c>i8x16.swizzle</c>: lanes of <paramref name="a"/> by index; 0 for an index above 15.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> I8x16Swizzle(Vector128<byte> a, Vector128<byte> b)
    {
        // PSHUFB looks at the low four bits, and answers 0 where the top bit is set. Adding 0x70 with saturation sets
        // it for every index above 15 and leaves the low bits of the others.
        if (Ssse3.IsSupported) return Ssse3.Shuffle(a, Sse2.AddSaturate(b, Vector128.Create((byte)0x70)));
        return Vector128.Shuffle(a, b);
    }

    /// <summary>
    /// <c>i8x16.shuffle</c>: lanes of the concatenation of <paramref name="a"/> and <paramref name="b"/>, by index.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> I8x16Shuffle(Vector128<byte> a, Vector128<byte> b, Vector128<byte> lanes)
    {
        if (Avx512Vbmi.VL.IsSupported) return Avx512Vbmi.VL.PermuteVar16x8x2(a, lanes, b);
        if (AdvSimd.Arm64.IsSupported) return AdvSimd.Arm64.VectorTableLookup((a, b), lanes);

        // The indices are constant, so RyuJIT computes both masks.
        var inFirst = Vector128.LessThan(lanes, Vector128.Create((byte)16));
        var first = lanes | ~inFirst;
        var second = (lanes - Vector128.Create((byte)16)) | inFirst;
        return Ssse3.IsSupported
            ? Ssse3.Shuffle(a, first) | Ssse3.Shuffle(b, second)
            : Vector128.Shuffle(a, first) | Vector128.Shuffle(b, second);
    }
}

using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace TensorWasm.Engine.CompilerServices;

/// <content>
/// Shifts by one count for all lanes, modulo the lane's width, as <see cref="Vector128"/>'s shifts do themselves.
/// </content>
public static partial class VectorOperations
{
    /// <summary><c>i8x16.shl</c></summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> I8x16Shl(Vector128<byte> a, int count) => a << count;

    /// <summary><c>i8x16.shr_s</c></summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> I8x16ShrS(Vector128<byte> a, int count) => (a.AsSByte() >> count).AsByte();

    /// <summary><c>i8x16.shr_u</c></summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> I8x16ShrU(Vector128<byte> a, int count) => a >>> count;

    /// <summary><c>i16x8.shl</c></summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> I16x8Shl(Vector128<byte> a, int count) => (a.AsInt16() << count).AsByte();

    /// <summary><c>i16x8.shr_s</c></summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> I16x8ShrS(Vector128<byte> a, int count) => (a.AsInt16() >> count).AsByte();

    /// <summary><c>i16x8.shr_u</c></summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> I16x8ShrU(Vector128<byte> a, int count) => (a.AsInt16() >>> count).AsByte();

    /// <summary><c>i32x4.shl</c></summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> I32x4Shl(Vector128<byte> a, int count) => (a.AsInt32() << count).AsByte();

    /// <summary><c>i32x4.shr_s</c></summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> I32x4ShrS(Vector128<byte> a, int count) => (a.AsInt32() >> count).AsByte();

    /// <summary><c>i32x4.shr_u</c></summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> I32x4ShrU(Vector128<byte> a, int count) => (a.AsInt32() >>> count).AsByte();

    /// <summary><c>i64x2.shl</c></summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> I64x2Shl(Vector128<byte> a, int count) => (a.AsInt64() << count).AsByte();

    /// <summary><c>i64x2.shr_s</c></summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> I64x2ShrS(Vector128<byte> a, int count) => (a.AsInt64() >> count).AsByte();

    /// <summary><c>i64x2.shr_u</c></summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> I64x2ShrU(Vector128<byte> a, int count) => (a.AsInt64() >>> count).AsByte();
}

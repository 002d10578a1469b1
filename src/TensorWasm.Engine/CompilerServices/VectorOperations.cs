using System.ComponentModel;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace TensorWasm.Engine.CompilerServices;

/// <summary>
/// The vector instructions, one method an opcode, each named like its <see cref="Wasm.Opcode"/> (core specification,
/// section 4.3.5 and 4.6.9). Not for use by hand: compiled guest code calls them, and RyuJIT inlines them. Every vector
/// is passed as its bytes; lane 0 comes first. None of the methods can throw. Integer results and results that are
/// numbers are the same on every processor; a NaN's payload is the hardware's, as the specification allows.
/// </summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public static partial class VectorOperations
{
    /// <summary><c>v128.not</c></summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> V128Not(Vector128<byte> a) => ~a;

    /// <summary><c>v128.and</c></summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> V128And(Vector128<byte> a, Vector128<byte> b) => a & b;

    /// <summary><c>v128.andnot</c>: the bits of <paramref name="a"/> that are not in <paramref name="b"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> V128Andnot(Vector128<byte> a, Vector128<byte> b) => Vector128.AndNot(a, b);

    /// <summary><c>v128.or</c></summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> V128Or(Vector128<byte> a, Vector128<byte> b) => a | b;

    /// <summary><c>v128.xor</c></summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> V128Xor(Vector128<byte> a, Vector128<byte> b) => a ^ b;

    /// <summary>
    /// <c>v128.bitselect</c>: bits of <paramref name="a"/> where <paramref name="c"/> has ones, else of <paramref
    /// name="b"/>.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> V128Bitselect(Vector128<byte> a, Vector128<byte> b, Vector128<byte> c) =>
        Vector128.ConditionalSelect(c, a, b);

    /// <summary><c>v128.any_true</c>: whether any bit is one.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int V128AnyTrue(Vector128<byte> a) => a != Vector128<byte>.Zero ? 1 : 0;

    /// <summary><c>i8x16.all_true</c>: whether no lane is zero.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int I8x16AllTrue(Vector128<byte> a) => Vector128.EqualsAny(a.AsByte(), Vector128<byte>.Zero) ? 0 : 1;

    /// <summary><c>i16x8.all_true</c>: whether no lane is zero.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int I16x8AllTrue(Vector128<byte> a) =>
        Vector128.EqualsAny(a.AsUInt16(), Vector128<ushort>.Zero) ? 0 : 1;

    /// <summary><c>i32x4.all_true</c>: whether no lane is zero.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int I32x4AllTrue(Vector128<byte> a) =>
        Vector128.EqualsAny(a.AsUInt32(), Vector128<uint>.Zero) ? 0 : 1;

    /// <summary><c>i64x2.all_true</c>: whether no lane is zero.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int I64x2AllTrue(Vector128<byte> a) =>
        Vector128.EqualsAny(a.AsUInt64(), Vector128<ulong>.Zero) ? 0 : 1;

    /// <summary><c>i8x16.bitmask</c>: the sign bits of the lanes, lane 0's as the lowest.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int I8x16Bitmask(Vector128<byte> a) => (int)a.AsByte().ExtractMostSignificantBits();

    /// <summary><c>i16x8.bitmask</c>: the sign bits of the lanes, lane 0's as the lowest.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int I16x8Bitmask(Vector128<byte> a) => (int)a.AsUInt16().ExtractMostSignificantBits();

    /// <summary><c>i32x4.bitmask</c>: the sign bits of the lanes, lane 0's as the lowest.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int I32x4Bitmask(Vector128<byte> a) => (int)a.AsUInt32().ExtractMostSignificantBits();

    /// <summary><c>i64x2.bitmask</c>: the sign bits of the lanes, lane 0's as the lowest.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int I64x2Bitmask(Vector128<byte> a) => (int)a.AsUInt64().ExtractMostSignificantBits();
}

using System.ComponentModel;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace TensorWasm.Engine.CompilerServices;

/// <summary>
/// Vector loads that do more than load sixteen bytes (specification, section 4.6.10): each takes the bits that were
/// loaded. The names are those of the opcodes. For compiled code only.
/// </summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public static class VectorLoads
{
    /// <summary><c>v128.load8x8_s</c></summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> V128Load8x8S(long bits) =>
        Vector128.WidenLower(Vector128.CreateScalar(bits).AsSByte()).AsByte();

    /// <summary><c>v128.load8x8_u</c></summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> V128Load8x8U(long bits) =>
        Vector128.WidenLower(Vector128.CreateScalar(bits).AsByte()).AsByte();

    /// <summary><c>v128.load16x4_s</c></summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> V128Load16x4S(long bits) =>
        Vector128.WidenLower(Vector128.CreateScalar(bits).AsInt16()).AsByte();

    /// <summary><c>v128.load16x4_u</c></summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> V128Load16x4U(long bits) =>
        Vector128.WidenLower(Vector128.CreateScalar(bits).AsUInt16()).AsByte();

    /// <summary><c>v128.load32x2_s</c></summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> V128Load32x2S(long bits) =>
        Vector128.WidenLower(Vector128.CreateScalar(bits).AsInt32()).AsByte();

    /// <summary><c>v128.load32x2_u</c></summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> V128Load32x2U(long bits) =>
        Vector128.WidenLower(Vector128.CreateScalar(bits).AsUInt32()).AsByte();

    /// <summary><c>v128.load8_splat</c></summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> V128Load8Splat(int bits) => Vector128.Create((byte)bits);

    /// <summary><c>v128.load16_splat</c></summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> V128Load16Splat(int bits) => Vector128.Create((ushort)bits).AsByte();

    /// <summary><c>v128.load32_splat</c></summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> V128Load32Splat(int bits) => Vector128.Create(bits).AsByte();

    /// <summary><c>v128.load64_splat</c></summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> V128Load64Splat(long bits) => Vector128.Create(bits).AsByte();

    /// <summary><c>v128.load32_zero</c></summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> V128Load32Zero(int bits) => Vector128.CreateScalar(bits).AsByte();

    /// <summary><c>v128.load64_zero</c></summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> V128Load64Zero(long bits) => Vector128.CreateScalar(bits).AsByte();
}

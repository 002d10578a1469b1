using System.ComponentModel;
using System.Numerics;
using System.Runtime.CompilerServices;

namespace TensorWasm.Engine.CompilerServices;

/// <summary>
/// The scalar instructions that are not one CIL instruction, one method an opcode, each named like its
/// <see cref="Wasm.Opcode"/> (core specification, section 4.3). Not for use by hand: compiled guest code calls them,
/// and RyuJIT inlines them. Those that may trap say so; no other can throw.
/// </summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public static partial class ScalarOperations
{
    /// <summary><c>i32.rem_s</c>: the remainder, with the dividend's sign. CIL's <c>rem</c> alone faults on -1.</summary>
    /// <exception cref="DivideByZeroException">The divisor is zero: the hardware's fault, which the engine translates.</exception>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int I32RemS(int a, int b) => b == -1 ? 0 : a % b;

    /// <summary><c>i64.rem_s</c>: the remainder, with the dividend's sign. CIL's <c>rem</c> alone faults on -1.</summary>
    /// <exception cref="DivideByZeroException">The divisor is zero: the hardware's fault, which the engine translates.</exception>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static long I64RemS(long a, long b) => b == -1 ? 0 : a % b;

    /// <summary><c>i32.clz</c>: the number of leading zero bits, 32 for zero.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int I32Clz(int a) => BitOperations.LeadingZeroCount((uint)a);

    /// <summary><c>i32.ctz</c>: the number of trailing zero bits, 32 for zero.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int I32Ctz(int a) => BitOperations.TrailingZeroCount(a);

    /// <summary><c>i32.popcnt</c>: the number of one bits.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int I32Popcnt(int a) => BitOperations.PopCount((uint)a);

    /// <summary><c>i32.rotl</c>: rotates left by a count modulo 32.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int I32Rotl(int a, int b) => (int)BitOperations.RotateLeft((uint)a, b);

    /// <summary><c>i32.rotr</c>: rotates right by a count modulo 32.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int I32Rotr(int a, int b) => (int)BitOperations.RotateRight((uint)a, b);

    /// <summary><c>i64.clz</c>: the number of leading zero bits, 64 for zero.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static long I64Clz(long a) => BitOperations.LeadingZeroCount((ulong)a);

    /// <summary><c>i64.ctz</c>: the number of trailing zero bits, 64 for zero.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static long I64Ctz(long a) => BitOperations.TrailingZeroCount(a);

    /// <summary><c>i64.popcnt</c>: the number of one bits.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static long I64Popcnt(long a) => BitOperations.PopCount((ulong)a);

    /// <summary><c>i64.rotl</c>: rotates left by a count modulo 64.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static long I64Rotl(long a, long b) => (long)BitOperations.RotateLeft((ulong)a, (int)b);

    /// <summary><c>i64.rotr</c>: rotates right by a count modulo 64.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static long I64Rotr(long a, long b) => (long)BitOperations.RotateRight((ulong)a, (int)b);

    /// <summary><c>i32.reinterpret_f32</c>: the bits.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int I32ReinterpretF32(float a) => BitConverter.SingleToInt32Bits(a);

    /// <summary><c>i64.reinterpret_f64</c>: the bits.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static long I64ReinterpretF64(double a) => BitConverter.DoubleToInt64Bits(a);

    /// <summary><c>f32.reinterpret_i32</c>: the number with these bits.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float F32ReinterpretI32(int a) => BitConverter.Int32BitsToSingle(a);

    /// <summary><c>f64.reinterpret_i64</c>: the number with these bits.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static double F64ReinterpretI64(long a) => BitConverter.Int64BitsToDouble(a);
}

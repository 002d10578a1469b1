using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace TensorWasm.Engine.CompilerServices;

/// <content>
/// Floating-point arithmetic (section 4.3.3). Every NaN that comes out is quiet, and canonical when the operands' are.
/// </content>
public static partial class VectorOperations
{
    /// <summary><c>f32x4.abs</c>: clears the sign, a NaN's too.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> F32x4Abs(Vector128<byte> a) => Vector128.Abs(a.AsSingle()).AsByte();

    /// <summary><c>f32x4.neg</c>: flips the sign, a NaN's too.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> F32x4Neg(Vector128<byte> a) => (-a.AsSingle()).AsByte();

    /// <summary><c>f32x4.sqrt</c></summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> F32x4Sqrt(Vector128<byte> a) => Vector128.Sqrt(a.AsSingle()).AsByte();

    /// <summary><c>f32x4.ceil</c></summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> F32x4Ceil(Vector128<byte> a) => Vector128.Ceiling(a.AsSingle()).AsByte();

    /// <summary><c>f32x4.floor</c></summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> F32x4Floor(Vector128<byte> a) => Vector128.Floor(a.AsSingle()).AsByte();

    /// <summary><c>f32x4.trunc</c></summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> F32x4Trunc(Vector128<byte> a) => Vector128.Truncate(a.AsSingle()).AsByte();

    /// <summary><c>f32x4.nearest</c>: ties to even.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> F32x4Nearest(Vector128<byte> a) => Vector128.Round(a.AsSingle()).AsByte();

    /// <summary><c>f32x4.add</c></summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> F32x4Add(Vector128<byte> a, Vector128<byte> b) =>
        (a.AsSingle() + b.AsSingle()).AsByte();

    /// <summary><c>f32x4.sub</c></summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> F32x4Sub(Vector128<byte> a, Vector128<byte> b) =>
        (a.AsSingle() - b.AsSingle()).AsByte();

    /// <summary><c>f32x4.mul</c></summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> F32x4Mul(Vector128<byte> a, Vector128<byte> b) =>
        (a.AsSingle() * b.AsSingle()).AsByte();

    /// <summary><c>f32x4.div</c></summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> F32x4Div(Vector128<byte> a, Vector128<byte> b) =>
        (a.AsSingle() / b.AsSingle()).AsByte();

    /// <summary><c>f32x4.pmin</c>: b &lt; a ? b : a.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> F32x4Pmin(Vector128<byte> a, Vector128<byte> b)
    {
        // MINPS is "first < second ? first : second".
        if (Sse.IsSupported) return Sse.Min(b.AsSingle(), a.AsSingle()).AsByte();
        return Vector128.ConditionalSelect(Vector128.LessThan(b.AsSingle(), a.AsSingle()).AsByte(), b, a);
    }

    /// <summary><c>f32x4.pmax</c>: a &lt; b ? b : a.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> F32x4Pmax(Vector128<byte> a, Vector128<byte> b)
    {
        // MAXPS is "first > second ? first : second".
        if (Sse.IsSupported) return Sse.Max(b.AsSingle(), a.AsSingle()).AsByte();
        return Vector128.ConditionalSelect(Vector128.LessThan(a.AsSingle(), b.AsSingle()).AsByte(), b, a);
    }

    /// <summary><c>f64x2.abs</c>: clears the sign, a NaN's too.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> F64x2Abs(Vector128<byte> a) => Vector128.Abs(a.AsDouble()).AsByte();

    /// <summary><c>f64x2.neg</c>: flips the sign, a NaN's too.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> F64x2Neg(Vector128<byte> a) => (-a.AsDouble()).AsByte();

    /// <summary><c>f64x2.sqrt</c></summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> F64x2Sqrt(Vector128<byte> a) => Vector128.Sqrt(a.AsDouble()).AsByte();

    /// <summary><c>f64x2.ceil</c></summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> F64x2Ceil(Vector128<byte> a) => Vector128.Ceiling(a.AsDouble()).AsByte();

    /// <summary><c>f64x2.floor</c></summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> F64x2Floor(Vector128<byte> a) => Vector128.Floor(a.AsDouble()).AsByte();

    /// <summary><c>f64x2.trunc</c></summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> F64x2Trunc(Vector128<byte> a) => Vector128.Truncate(a.AsDouble()).AsByte();

    /// <summary><c>f64x2.nearest</c>: ties to even.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> F64x2Nearest(Vector128<byte> a) => Vector128.Round(a.AsDouble()).AsByte();

    /// <summary><c>f64x2.add</c></summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> F64x2Add(Vector128<byte> a, Vector128<byte> b) =>
        (a.AsDouble() + b.AsDouble()).AsByte();

    /// <summary><c>f64x2.sub</c></summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> F64x2Sub(Vector128<byte> a, Vector128<byte> b) =>
        (a.AsDouble() - b.AsDouble()).AsByte();

    /// <summary><c>f64x2.mul</c></summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> F64x2Mul(Vector128<byte> a, Vector128<byte> b) =>
        (a.AsDouble() * b.AsDouble()).AsByte();

    /// <summary><c>f64x2.div</c></summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> F64x2Div(Vector128<byte> a, Vector128<byte> b) =>
        (a.AsDouble() / b.AsDouble()).AsByte();

    /// <summary><c>f64x2.pmin</c>: b &lt; a ? b : a.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> F64x2Pmin(Vector128<byte> a, Vector128<byte> b)
    {
        // MINPD is "first < second ? first : second".
        if (Sse2.IsSupported) return Sse2.Min(b.AsDouble(), a.AsDouble()).AsByte();
        return Vector128.ConditionalSelect(Vector128.LessThan(b.AsDouble(), a.AsDouble()).AsByte(), b, a);
    }

    /// <summary><c>f64x2.pmax</c>: a &lt; b ? b : a.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> F64x2Pmax(Vector128<byte> a, Vector128<byte> b)
    {
        // MAXPD is "first > second ? first : second".
        if (Sse2.IsSupported) return Sse2.Max(b.AsDouble(), a.AsDouble()).AsByte();
        return Vector128.ConditionalSelect(Vector128.LessThan(a.AsDouble(), b.AsDouble()).AsByte(), b, a);
    }
}

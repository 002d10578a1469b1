using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace TensorWasm.Gpu.Cpu.Operations;

/// <summary>Approximate functions over eight lanes (PTX ISA 9.7.3), within the errors that docs state.</summary>
internal static class VectorMath
{
    private const float SmallestNormal = 1.17549435e-38f;

    /// <summary>Makes subnormal numbers zeroes of their sign (.ftz).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static Vector256<float> Flush(Vector256<float> value)
    {
        Vector256<float> isSmall = Vector256.LessThan(Vector256.Abs(value), Vector256.Create(SmallestNormal));
        return Vector256.ConditionalSelect(isSmall, value & Vector256.Create(-0f), value);
    }

    /// <summary>1 / x, correctly rounded.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static Vector256<float> Reciprocal(Vector256<float> value) => Vector256<float>.One / value;

    /// <summary>1 / sqrt(x), within 1 ulp.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static Vector256<float> ReciprocalSquareRoot(Vector256<float> value) =>
        Vector256<float>.One / Vector256.Sqrt(value);

    /// <summary>2^x, within 2 ulp.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static Vector256<float> Exp2(Vector256<float> value)
    {
        Vector256<float> bounded = Vector256.MinNative(
            Vector256.MaxNative(Vector256.Create(-152f), value), Vector256.Create(129f));
        Vector256<float> whole = Vector256.Round(bounded);
        Vector256<float> rest = bounded - whole;
        Vector256<float> p = Vector256.Create(1.535920892e-4f);
        p = Vector256.FusedMultiplyAdd(p, rest, Vector256.Create(1.339262701e-3f));
        p = Vector256.FusedMultiplyAdd(p, rest, Vector256.Create(9.618384764e-3f));
        p = Vector256.FusedMultiplyAdd(p, rest, Vector256.Create(5.550347269e-2f));
        p = Vector256.FusedMultiplyAdd(p, rest, Vector256.Create(2.402264476e-1f));
        p = Vector256.FusedMultiplyAdd(p, rest, Vector256.Create(6.931471825e-1f));
        p = Vector256.FusedMultiplyAdd(p, rest, Vector256<float>.One);

        // In two steps, for the result may be subnormal and is rounded once.
        Vector256<int> exponent = Vector256.ConvertToInt32Native(whole);
        Vector256<int> half = exponent >> 1;
        Vector256<float> first = ((half + Vector256.Create(127)) << 23).AsSingle();
        Vector256<float> second = ((exponent - half + Vector256.Create(127)) << 23).AsSingle();
        Vector256<float> result = p * first * second;
        return Vector256.ConditionalSelect(Vector256.Equals(value, value), result, value);
    }

    /// <summary>The logarithm to base 2, within 2 ulp.</summary>
    internal static Vector256<float> Log2(Vector256<float> value) => Vector256.Log2(value);

    /// <summary>The sine, within 2 ulp.</summary>
    internal static Vector256<float> Sin(Vector256<float> value) => Vector256.Sin(value);

    /// <summary>The cosine, within 2 ulp.</summary>
    internal static Vector256<float> Cos(Vector256<float> value) => Vector256.Cos(value);

    /// <summary>The hyperbolic tangent, within 4 ulp.</summary>
    internal static Vector256<float> Tanh(Vector256<float> value)
    {
        Vector256<float> magnitude = Vector256.Abs(value);
        Vector256<float> power = Exp2(magnitude * Vector256.Create(2.8853900817779268f));
        Vector256<float> large = Vector256<float>.One
            - (Vector256.Create(2f) / (power + Vector256<float>.One));
        Vector256<float> square = value * value;
        Vector256<float> p = Vector256.Create(-5.70498872745e-3f);
        p = Vector256.FusedMultiplyAdd(p, square, Vector256.Create(2.06390887954e-2f));
        p = Vector256.FusedMultiplyAdd(p, square, Vector256.Create(-5.37397155531e-2f));
        p = Vector256.FusedMultiplyAdd(p, square, Vector256.Create(1.33314422036e-1f));
        p = Vector256.FusedMultiplyAdd(p, square, Vector256.Create(-3.33332819422e-1f));
        Vector256<float> small = Vector256.FusedMultiplyAdd(p * square, value, value);
        Vector256<float> signed = large | (value & Vector256.Create(-0f));
        return Vector256.ConditionalSelect(
            Vector256.LessThan(magnitude, Vector256.Create(0.625f)), small,
            Vector256.ConditionalSelect(Vector256.Equals(value, value), signed, value));
    }

    /// <summary>Whole numbers to integers; what does not fit becomes the nearest, NaN 0.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static Vector256<int> ToInt32(Vector256<float> value) => Vector256.ConvertToInt32(value);

    /// <summary>Whole numbers to unsigned integers; what does not fit becomes the nearest, NaN 0.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static Vector256<uint> ToUInt32(Vector256<float> value) => Vector256.ConvertToUInt32(value);

    /// <summary>2^x of one number, as the vectors compute it.</summary>
    internal static float Exp2Of(float value) => Exp2(Vector256.Create(value))[0];

    /// <summary>The hyperbolic tangent of one number, as the vectors compute it.</summary>
    internal static float TanhOf(float value) => Tanh(Vector256.Create(value))[0];
}

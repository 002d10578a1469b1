using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace TensorWasm.Gpu.Cpu.Operations;

/// <summary>Half precision and bfloat16, one in the low bits of each lane or two packed, by way of single precision.</summary>
internal static class HalfVectors
{
    private const int SingleInfinity = 255 << 23;
    private const int HalfLimit = (127 + 16) << 23;
    private const int HalfNormal = 113 << 23;
    private const int SubnormalMagic = (127 - 15 + (23 - 10) + 1) << 23;

    internal static Vector256<float> ToSingle(Vector256<int> half)
    {
        Vector256<int> shifted = (half & Vector256.Create(0x7FFF)) << 13;
        Vector256<int> exponent = shifted & Vector256.Create(0x7C00 << 13);
        Vector256<int> normal = shifted + Vector256.Create((127 - 15) << 23);
        Vector256<int> special = normal + Vector256.Create((128 - 16) << 23);
        Vector256<int> subnormal = ((normal + Vector256.Create(1 << 23)).AsSingle()
            - Vector256.Create(HalfNormal).AsSingle()).AsInt32();
        Vector256<int> value = Vector256.ConditionalSelect(
            Vector256.Equals(exponent, Vector256.Create(0x7C00 << 13)), special,
            Vector256.ConditionalSelect(Vector256.Equals(exponent, Vector256<int>.Zero), subnormal, normal));
        return (value | ((half & Vector256.Create(0x8000)) << 16)).AsSingle();
    }

    /// <summary>Rounds to the nearest half, ties to even; NaN becomes 0x7FFF.</summary>
    internal static Vector256<int> FromSingle(Vector256<float> value)
    {
        Vector256<int> bits = value.AsInt32();
        Vector256<int> sign = bits & Vector256.Create(int.MinValue);
        bits ^= sign;
        Vector256<int> odd = (bits >>> 13) & Vector256.Create(1);
        Vector256<int> normal = (bits + Vector256.Create(((15 - 127) << 23) + 0xFFF) + odd) >>> 13;
        Vector256<int> subnormal = (bits.AsSingle() + Vector256.Create(SubnormalMagic).AsSingle()).AsInt32()
            - Vector256.Create(SubnormalMagic);
        Vector256<int> result = Vector256.ConditionalSelect(
            Vector256.LessThan(bits, Vector256.Create(HalfNormal)), subnormal, normal);
        result = Vector256.ConditionalSelect(
            Vector256.LessThan(bits, Vector256.Create(HalfLimit)), result, Vector256.Create(0x7C00));
        result |= sign >>> 16;
        return Vector256.ConditionalSelect(
            Vector256.GreaterThan(bits, Vector256.Create(SingleInfinity)), Vector256.Create(0x7FFF), result);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static Vector256<float> FromBrain(Vector256<int> brain) => (brain << 16).AsSingle();

    /// <summary>Rounds to the nearest bfloat16, ties to even; NaN becomes 0x7FFF.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static Vector256<int> ToBrain(Vector256<float> value)
    {
        Vector256<int> bits = value.AsInt32();
        Vector256<int> rounded = (bits + Vector256.Create(0x7FFF) + ((bits >>> 16) & Vector256.Create(1))) >>> 16;
        return Vector256.ConditionalSelect(
            Vector256.Equals(value, value).AsInt32(), rounded, Vector256.Create(0x7FFF));
    }

    /// <summary>Two numbers in a lane, the first in the upper half (cvt.rn.f16x2.f32).</summary>
    internal static Vector256<int> PackHalves(Vector256<float> upper, Vector256<float> lower) =>
        (FromSingle(upper) << 16) | FromSingle(lower);

    /// <summary>Two numbers in a lane, the first in the upper half (cvt.rn.bf16x2.f32).</summary>
    internal static Vector256<int> PackBrains(Vector256<float> upper, Vector256<float> lower) =>
        (ToBrain(upper) << 16) | ToBrain(lower);

    internal static Vector256<int> AddPairs(Vector256<int> a, Vector256<int> b) =>
        PackHalves(Upper(a) + Upper(b), Lower(a) + Lower(b));

    internal static Vector256<int> SubtractPairs(Vector256<int> a, Vector256<int> b) =>
        PackHalves(Upper(a) - Upper(b), Lower(a) - Lower(b));

    internal static Vector256<int> MultiplyPairs(Vector256<int> a, Vector256<int> b) =>
        PackHalves(Upper(a) * Upper(b), Lower(a) * Lower(b));

    private static Vector256<float> Upper(Vector256<int> pair) => ToSingle(pair >>> 16);

    private static Vector256<float> Lower(Vector256<int> pair) => ToSingle(pair & Vector256.Create(0xFFFF));
}

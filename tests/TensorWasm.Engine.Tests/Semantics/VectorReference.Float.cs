using System.Numerics;
using TensorWasm.Wasm;

namespace TensorWasm.Engine.Tests.Semantics;

/// <content>Floating-point arithmetic and conversions, on scalars.</content>
internal static partial class VectorReference
{
    private static void AddSingles(Dictionary<Opcode, Rule> rules)
    {
        Compare("Eq", (a, b) => a == b);
        Compare("Ne", (a, b) => a != b);
        Compare("Lt", (a, b) => a < b);
        Compare("Gt", (a, b) => a > b);
        Compare("Le", (a, b) => a <= b);
        Compare("Ge", (a, b) => a >= b);
        rules[Opcode.F32x4Abs] = v => Each(32, i => VectorCase.Lanes(v.A, 32)[i] & ~(1u << 31));
        rules[Opcode.F32x4Neg] = v => Each(32, i => VectorCase.Lanes(v.A, 32)[i] ^ 1u << 31);
        Unary("Sqrt", MathF.Sqrt);
        Unary("Ceil", a => (float)Exact.Round(a, 1));
        Unary("Floor", a => (float)Exact.Round(a, -1));
        Unary("Trunc", a => (float)Exact.Round(a, 0));
        Unary("Nearest", a => (float)Exact.Nearest(a));
        Binary("Add", (a, b) => a + b);
        Binary("Sub", (a, b) => a - b);
        Binary("Mul", (a, b) => a * b);
        Binary("Div", (a, b) => a / b);
        Binary("Min", (a, b) => (float)Exact.Extremum(a, b, false));
        Binary("Max", (a, b) => (float)Exact.Extremum(a, b, true));
        Choose("Pmin", (a, b) => b < a);
        Choose("Pmax", (a, b) => a < b);
        Choose("RelaxedMin", (a, b) => !(a < b));
        Choose("RelaxedMax", (a, b) => !(a > b));
        Ternary("RelaxedMadd", MathF.FusedMultiplyAdd);
        Ternary("RelaxedNmadd", (a, b, c) => MathF.FusedMultiplyAdd(-a, b, c));

        static float At(byte[] vector, int i) => BitConverter.UInt32BitsToSingle((uint)VectorCase.Lanes(vector, 32)[i]);

        static ExpectedFloat[] Lanes(Func<int, ExpectedFloat> lane) => [.. Enumerable.Range(0, 4).Select(lane)];

        void Compare(string name, Func<float, float, bool> holds) => rules[Code("F32x4" + name)] = v =>
            Each(32, i => holds(At(v.A, i), At(v.B, i)) ? -1 : 0);

        void Choose(string name, Func<float, float, bool> second) => rules[Code("F32x4" + name)] = v =>
            Each(32, i => VectorCase.Lanes(second(At(v.A, i), At(v.B, i)) ? v.B : v.A, 32)[i]);

        void Unary(string name, Func<float, float> lane) => rules[Code("F32x4" + name)] = v =>
            Lanes(i => Expect.Unary(At(v.A, i), lane));

        void Binary(string name, Func<float, float, float> lane) => rules[Code("F32x4" + name)] = v =>
            Lanes(i => Expect.Binary(At(v.A, i), At(v.B, i), lane));

        void Ternary(string name, Func<float, float, float, float> lane) => rules[Code("F32x4" + name)] = v =>
            Lanes(i => Expect.Ternary(At(v.A, i), At(v.B, i), At(v.C, i), lane));
    }

    private static void AddDoubles(Dictionary<Opcode, Rule> rules)
    {
        Compare("Eq", (a, b) => a == b);
        Compare("Ne", (a, b) => a != b);
        Compare("Lt", (a, b) => a < b);
        Compare("Gt", (a, b) => a > b);
        Compare("Le", (a, b) => a <= b);
        Compare("Ge", (a, b) => a >= b);
        rules[Opcode.F64x2Abs] = v => Each(64, i => VectorCase.Lanes(v.A, 64)[i] & ~(1UL << 63));
        rules[Opcode.F64x2Neg] = v => Each(64, i => VectorCase.Lanes(v.A, 64)[i] ^ 1UL << 63);
        Unary("Sqrt", Math.Sqrt);
        Unary("Ceil", a => Exact.Round(a, 1));
        Unary("Floor", a => Exact.Round(a, -1));
        Unary("Trunc", a => Exact.Round(a, 0));
        Unary("Nearest", a => Exact.Nearest(a));
        Binary("Add", (a, b) => a + b);
        Binary("Sub", (a, b) => a - b);
        Binary("Mul", (a, b) => a * b);
        Binary("Div", (a, b) => a / b);
        Binary("Min", (a, b) => Exact.Extremum(a, b, false));
        Binary("Max", (a, b) => Exact.Extremum(a, b, true));
        Choose("Pmin", (a, b) => b < a);
        Choose("Pmax", (a, b) => a < b);
        Choose("RelaxedMin", (a, b) => !(a < b));
        Choose("RelaxedMax", (a, b) => !(a > b));
        Ternary("RelaxedMadd", Math.FusedMultiplyAdd);
        Ternary("RelaxedNmadd", (a, b, c) => Math.FusedMultiplyAdd(-a, b, c));

        static double At(byte[] vector, int i) => BitConverter.UInt64BitsToDouble(VectorCase.Lanes(vector, 64)[i]);

        static ExpectedFloat[] Lanes(Func<int, ExpectedFloat> lane) => [.. Enumerable.Range(0, 2).Select(lane)];

        void Compare(string name, Func<double, double, bool> holds) => rules[Code("F64x2" + name)] = v =>
            Each(64, i => holds(At(v.A, i), At(v.B, i)) ? -1 : 0);

        void Choose(string name, Func<double, double, bool> second) => rules[Code("F64x2" + name)] = v =>
            Each(64, i => VectorCase.Lanes(second(At(v.A, i), At(v.B, i)) ? v.B : v.A, 64)[i]);

        void Unary(string name, Func<double, double> lane) => rules[Code("F64x2" + name)] = v =>
            Lanes(i => Expect.Unary(At(v.A, i), lane));

        void Binary(string name, Func<double, double, double> lane) => rules[Code("F64x2" + name)] = v =>
            Lanes(i => Expect.Binary(At(v.A, i), At(v.B, i), lane));

        void Ternary(string name, Func<double, double, double, double> lane) => rules[Code("F64x2" + name)] = v =>
            Lanes(i => Expect.Ternary(At(v.A, i), At(v.B, i), At(v.C, i), lane));
    }

    private static void AddConversions(Dictionary<Opcode, Rule> rules)
    {
        foreach (var signed in (bool[])[true, false])
        {
            var suffix = signed ? "S" : "U";
            rules[Code("I32x4TruncSatF32x4" + suffix)] = v => Each(32, i => Saturate(Single(v, i), signed));
            rules[Code($"I32x4TruncSatF64x2{suffix}Zero")] = v => Each(32, i => i < 2 ? Saturate(Double(v, i), signed) : 0);
            rules[Code("F32x4ConvertI32x4" + suffix)] = v => Each(32, i => ToFloat(Get(v.A, 32, signed, i), 23, 127, 31));
            rules[Code("F64x2ConvertLowI32x4" + suffix)] = v => Each(64, i => ToFloat(Get(v.A, 32, signed, i), 52, 1023, 63));
        }
        rules[Opcode.I32x4RelaxedTruncF32x4S] = v => Each(32, i => OrLeast(Single(v, i)));
        rules[Opcode.I32x4RelaxedTruncF64x2SZero] = v => Each(32, i => i < 2 ? OrLeast(Double(v, i)) : 0);
        rules[Opcode.I32x4RelaxedTruncF32x4U] = rules[Opcode.I32x4TruncSatF32x4U];
        rules[Opcode.I32x4RelaxedTruncF64x2UZero] = rules[Opcode.I32x4TruncSatF64x2UZero];
        rules[Opcode.F32x4DemoteF64x2Zero] = v => [.. Enumerable.Range(0, 4).Select(i => i > 1
            ? Expect.Number(0f)
            : double.IsNaN(Double(v, i)) ? Expect.NaN(float.NaN) with { Kind = Expect.NaN(Double(v, i)).Kind } : Expect.Number((float)Double(v, i)))];
        rules[Opcode.F64x2PromoteLowF32x4] = v => [.. Enumerable.Range(0, 2).Select(i => float.IsNaN(Single(v, i))
            ? Expect.NaN(double.NaN) with { Kind = Expect.NaN(Single(v, i)).Kind }
            : Expect.Number((double)Single(v, i)))];

        static float Single(VectorCase v, int i) => BitConverter.UInt32BitsToSingle((uint)VectorCase.Lanes(v.A, 32)[i]);

        static double Double(VectorCase v, int i) => BitConverter.UInt64BitsToDouble(VectorCase.Lanes(v.A, 64)[i]);

        static Int128 Saturate(double value, bool signed)
        {
            if (double.IsNaN(value)) return 0;

            BigInteger least = signed ? int.MinValue : 0;
            BigInteger most = signed ? int.MaxValue : uint.MaxValue;
            if (double.IsInfinity(value)) return (Int128)(value > 0 ? most : least);
            return (Int128)BigInteger.Clamp(Exact.Truncate(value), least, most);
        }

        static Int128 OrLeast(double value)
        {
            if (!double.IsFinite(value)) return int.MinValue;

            var exact = Exact.Truncate(value);
            return exact > int.MaxValue ? int.MinValue : (Int128)BigInteger.Max(exact, int.MinValue);
        }

        static Int128 ToFloat(Int128 value, int fraction, int bias, int sign) =>
            Exact.RoundToFloat((BigInteger)Int128.Abs(value), fraction, bias) | (value < 0 ? 1UL << sign : 0);
    }
}

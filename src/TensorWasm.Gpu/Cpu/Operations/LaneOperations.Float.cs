using TensorWasm.Gpu.Cpu.Compilation;
using TensorWasm.Ptx.Isa;

namespace TensorWasm.Gpu.Cpu.Operations;

/// <summary>Floating point (PTX ISA 9.7.3, 9.7.4 and 9.7.5).</summary>
internal static partial class LaneOperations
{
    private static LaneOperation? FloatOperation(PtxOpcode opcode, PtxType type, FloatFormat format)
    {
        LaneOperation? operation = FloatCore(opcode, format);
        if (operation is null)
        {
            return null;
        }

        bool flushes = opcode.Has("ftz") || (opcode.Mnemonic == "rsqrt" && opcode.Has("ftz"));
        bool saturates = opcode.Has("sat");
        bool relu = opcode.Has("relu");
        LaneOperation inner = operation;
        LaneOperation whole = !flushes && !saturates && !relu ? inner : (a, b, c, d) =>
        {
            ulong result = flushes
                ? format.Flush(inner(format.Flush(a), format.Flush(b), format.Flush(c), d))
                : inner(a, b, c, d);
            return saturates ? Saturate(format, result) : relu ? Relu(format, result) : result;
        };
        return IsPair(type) ? Both(whole) : whole;
    }

    /// <summary>Into [0, 1]; NaN becomes 0.</summary>
    private static ulong Saturate(FloatFormat format, ulong bits) =>
        format.IsNaN(bits) || format.Decode(bits) <= 0 ? 0 : format.Decode(bits) > 1 ? format.Encode(1) : bits;

    /// <summary>Not below 0; NaN stays.</summary>
    private static ulong Relu(FloatFormat format, ulong bits) =>
        format.IsNaN(bits) ? format.NaN : format.Decode(bits) <= 0 ? 0 : bits;

    private static LaneOperation? FloatCore(PtxOpcode opcode, FloatFormat format)
    {
        Rounding rounding = RoundingOf(opcode.Modifier("R"));
        bool isApproximate = opcode.Has("approx") || opcode.Has("full");
        switch (opcode.Mnemonic)
        {
            case "add":
                return (a, b, _, _) => Exact.Sum(format, a, b, rounding);
            case "sub":
                return (a, b, _, _) => Exact.Sum(format, a, b ^ format.SignBit, rounding);
            case "mul":
                return (a, b, _, _) => Exact.Product(format, a, b, rounding);
            case "fma" or "mad":
                return (a, b, c, _) => Exact.Fused(format, a, b, c, rounding);
            case "div":
                return (a, b, _, _) => Exact.Quotient(format, a, b, isApproximate ? Rounding.Nearest : rounding);
            case "rcp":
                return (a, _, _, _) => Exact.Quotient(format, format.Encode(1), a, isApproximate ? Rounding.Nearest : rounding);
            case "sqrt":
                return (a, _, _, _) => Exact.Root(format, a, isApproximate ? Rounding.Nearest : rounding);
            case "abs":
                return (a, _, _, _) => format.IsNaN(a) ? format.NaN : a & ~format.SignBit & MaskOf(64);
            case "neg":
                return (a, _, _, _) => format.IsNaN(a) ? format.NaN : a ^ format.SignBit;
            case "min" or "max":
                return Extremum(opcode, format);
            case "rsqrt":
                return (a, _, _, _) => format == FloatFormat.Single
                    ? BitConverter.SingleToUInt32Bits(1 / MathF.Sqrt(BitConverter.UInt32BitsToSingle((uint)a)))
                    : BitConverter.DoubleToUInt64Bits(1 / Math.Sqrt(BitConverter.UInt64BitsToDouble(a)));
            case "sin":
                return (a, _, _, _) => format.Encode(Math.Sin(format.Decode(a)));
            case "cos":
                return (a, _, _, _) => format.Encode(Math.Cos(format.Decode(a)));
            case "lg2":
                return (a, _, _, _) => format.Encode(Math.Log2(format.Decode(a)));
            case "ex2":
                return (a, _, _, _) => format == FloatFormat.Single
                    ? BitConverter.SingleToUInt32Bits(VectorMath.Exp2Of(BitConverter.UInt32BitsToSingle((uint)a)))
                    : format.Encode(Math.Pow(2, format.Decode(a)));
            case "tanh":
                return (a, _, _, _) => format == FloatFormat.Single
                    ? BitConverter.SingleToUInt32Bits(VectorMath.TanhOf(BitConverter.UInt32BitsToSingle((uint)a)))
                    : format.Encode(Math.Tanh(format.Decode(a)));
            default:
                return null;
        }
    }

    internal static Rounding RoundingOf(string? name) => name switch
    {
        "rz" or "rzi" => Rounding.Zero,
        "rm" or "rmi" => Rounding.Down,
        "rp" or "rpi" => Rounding.Up,
        "rna" => Rounding.NearestAway,
        _ => Rounding.Nearest,
    };

    private static LaneOperation Extremum(PtxOpcode opcode, FloatFormat format)
    {
        bool isMinimum = opcode.Mnemonic == "min";
        bool keepsNaN = opcode.Has("NaN");
        bool takesSigns = opcode.Has("xorsign");
        return (a, b, _, _) =>
        {
            ulong sign = takesSigns ? (a ^ b) & format.SignBit : 0;
            if (takesSigns)
            {
                a &= ~format.SignBit;
                b &= ~format.SignBit;
            }

            bool aIsNaN = format.IsNaN(a);
            bool bIsNaN = format.IsNaN(b);
            if (aIsNaN || bIsNaN)
            {
                return (aIsNaN && bIsNaN) || keepsNaN ? format.NaN : (aIsNaN ? b : a) | sign;
            }

            double x = format.Decode(a);
            double y = format.Decode(b);
            bool first = x == y ? double.IsNegative(x) == isMinimum : x < y == isMinimum;
            return (first ? a : b) | sign;
        };
    }

    private static LaneOperation Copysign(FloatFormat format) => (a, b, _, _) =>
        (b & ~format.SignBit) | (a & format.SignBit);

    private static LaneOperation TestOperation(string test, FloatFormat format) => (a, _, _, _) =>
    {
        ulong magnitude = a & ~format.SignBit;
        bool result = test switch
        {
            "finite" => magnitude < format.Infinity,
            "infinite" => magnitude == format.Infinity,
            "number" => magnitude <= format.Infinity,
            "notanumber" => magnitude > format.Infinity,
            "normal" => magnitude >= format.SmallestNormal && magnitude < format.Infinity,
            _ => magnitude > 0 && magnitude < format.SmallestNormal,
        };
        return result ? 1UL : 0;
    };
}

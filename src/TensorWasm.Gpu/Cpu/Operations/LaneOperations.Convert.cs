using TensorWasm.Gpu.Cpu.Compilation;
using TensorWasm.Ptx.Ir;
using TensorWasm.Ptx.Isa;

namespace TensorWasm.Gpu.Cpu.Operations;

/// <summary>Comparisons (PTX ISA 9.7.6) and conversions (9.7.9.21).</summary>
internal static partial class LaneOperations
{
    private static LaneOperation? Comparison(Instruction instruction, bool isSecond)
    {
        PtxOpcode opcode = instruction.Opcode;
        bool isSet = opcode.Mnemonic == "set";
        PtxType type = isSet ? opcode.SourceType! : opcode.Type!;
        string comparison = opcode.Modifier("C")!;
        Func<ulong, ulong, bool>? compare = FormatOf(type) is { } format
            ? FloatComparison(comparison, format, opcode.Has("ftz"))
            : IntegerComparison(comparison, type);
        if (compare is null)
        {
            return null;
        }

        string? logic = opcode.Modifier("L");
        bool Combined(bool value, ulong predicate) => logic switch
        {
            "and" => value & (predicate & 1) != 0,
            "or" => value | (predicate & 1) != 0,
            "xor" => value ^ (predicate & 1) != 0,
            _ => value,
        };
        if (IsPair(type))
        {
            if (!isSet)
            {
                int shift = isSecond ? 16 : 0;
                return (a, b, c, _) => Combined(compare(a >> shift & 0xFFFF, b >> shift & 0xFFFF), c) ? 1UL : 0;
            }

            ulong one = FormatOf(opcode.Type!)?.Encode(1) ?? 0xFFFF;
            return (a, b, c, _) =>
                (Combined(compare(a & 0xFFFF, b & 0xFFFF), c) ? one : 0)
                | (Combined(compare(a >> 16 & 0xFFFF, b >> 16 & 0xFFFF), c) ? one << 16 : 0);
        }

        ulong whenTrue = !isSet ? 1 : FormatOf(opcode.Type!)?.Encode(1) ?? MaskOf(opcode.Type!.Bits);
        return (a, b, c, _) => Combined(compare(a, b) ^ isSecond, c) ? whenTrue : 0;
    }

    private static Func<ulong, ulong, bool>? IntegerComparison(string comparison, PtxType type)
    {
        int bits = type.Bits;
        bool isSigned = type.IsSigned && comparison is not ("lo" or "ls" or "hi" or "hs");
        int Order(ulong a, ulong b) => isSigned
            ? SignExtend(a, bits).CompareTo(SignExtend(b, bits))
            : (a & MaskOf(bits)).CompareTo(b & MaskOf(bits));
        return comparison switch
        {
            "eq" => (a, b) => Order(a, b) == 0,
            "ne" => (a, b) => Order(a, b) != 0,
            "lt" or "lo" => (a, b) => Order(a, b) < 0,
            "le" or "ls" => (a, b) => Order(a, b) <= 0,
            "gt" or "hi" => (a, b) => Order(a, b) > 0,
            "ge" or "hs" => (a, b) => Order(a, b) >= 0,
            _ => null,
        };
    }

    private static Func<ulong, ulong, bool> FloatComparison(string comparison, FloatFormat format, bool flushes) => (a, b) =>
    {
        double x = format.Decode(flushes ? format.Flush(a) : a);
        double y = format.Decode(flushes ? format.Flush(b) : b);
        bool isUnordered = double.IsNaN(x) || double.IsNaN(y);
        return comparison switch
        {
            "eq" => x == y,
            "ne" => !isUnordered && x != y,
            "lt" => x < y,
            "le" => x <= y,
            "gt" => x > y,
            "ge" => x >= y,
            "equ" => isUnordered || x == y,
            "neu" => isUnordered || x != y,
            "ltu" => isUnordered || x < y,
            "leu" => isUnordered || x <= y,
            "gtu" => isUnordered || x > y,
            "geu" => isUnordered || x >= y,
            "num" => !isUnordered,
            _ => isUnordered,
        };
    };

    private static LaneOperation? Conversion(Instruction instruction)
    {
        PtxOpcode opcode = instruction.Opcode;
        PtxType type = opcode.Type!;
        PtxType from = opcode.SourceType!;
        if (opcode.Has("pack"))
        {
            return PackSaturated(type, instruction.Operands.Count > 3);
        }

        if (type.Name is "e4m3x2" or "e5m2x2")
        {
            SmallFloat small = SmallFloat.Of(type.Name);
            bool relu = opcode.Has("relu");
            return from.Name == "f16x2"
                ? (a, _, _, _) => small.Encode(FloatFormat.Half.Decode(a & 0xFFFF), relu)
                    | (small.Encode(FloatFormat.Half.Decode(a >> 16 & 0xFFFF), relu) << 8)
                : (a, b, _, _) => small.Encode(FloatFormat.Single.Decode(b), relu)
                    | (small.Encode(FloatFormat.Single.Decode(a), relu) << 8);
        }

        if (from.Name is "e4m3x2" or "e5m2x2")
        {
            SmallFloat small = SmallFloat.Of(from.Name);
            bool relu = opcode.Has("relu");
            ulong Half(ulong bits) => relu
                ? Relu(FloatFormat.Half, FloatFormat.Half.Encode(small.Decode(bits)))
                : FloatFormat.Half.Encode(small.Decode(bits));
            return (a, _, _, _) => Half(a & 0xFF) | (Half(a >> 8 & 0xFF) << 16);
        }

        if (type.Name == "tf32")
        {
            return ToTensorFloat(opcode);
        }

        if (IsPair(type))
        {
            LaneOperation one = FloatToFloat(opcode, FormatOf(type)!, FloatFormat.Single);
            return opcode.Modifier("R") == "rs"
                ? null
                : (a, b, c, d) => one(b, 0, 0, 0) | (one(a, 0, 0, 0) << 16);
        }

        return (FormatOf(type), FormatOf(from)) switch
        {
            ({ } to, { } source) => FloatToFloat(opcode, to, source),
            ({ } to, null) => IntegerToFloat(opcode, to, from),
            (null, { } source) => FloatToInteger(opcode, type, source),
            _ => IntegerToInteger(opcode, type, from),
        };
    }

    private static LaneOperation FloatToFloat(PtxOpcode opcode, FloatFormat to, FloatFormat from)
    {
        string? mode = opcode.Modifier("R");
        bool isWhole = mode is "rni" or "rzi" or "rmi" or "rpi";
        Rounding rounding = RoundingOf(mode);
        bool flushes = opcode.Has("ftz");
        bool saturates = opcode.Has("sat");
        bool relu = opcode.Has("relu");
        bool isFinite = opcode.Has("satfinite");
        return (a, _, _, _) =>
        {
            double value = from.Decode(flushes && from == FloatFormat.Single ? from.Flush(a) : a);
            if (isWhole)
            {
                value = Whole(value, rounding);
            }

            ulong result = to.Encode(value, isWhole ? Rounding.Nearest : rounding);
            if (flushes && to == FloatFormat.Single)
            {
                result = to.Flush(result);
            }

            if (isFinite && (result & ~to.SignBit) == to.Infinity)
            {
                result -= 1;
            }

            return saturates ? Saturate(to, result) : relu ? Relu(to, result) : result;
        };
    }

    private static double Whole(double value, Rounding rounding) => rounding switch
    {
        Rounding.Zero => Math.Truncate(value),
        Rounding.Down => Math.Floor(value),
        Rounding.Up => Math.Ceiling(value),
        _ => Math.Round(value, MidpointRounding.ToEven),
    };

    private static LaneOperation IntegerToFloat(PtxOpcode opcode, FloatFormat to, PtxType from)
    {
        Rounding rounding = RoundingOf(opcode.Modifier("R"));
        bool saturates = opcode.Has("sat");
        return (a, _, _, _) =>
        {
            Int128 value = from.IsSigned ? SignExtend(a, from.Bits) : (Int128)(a & MaskOf(from.Bits));
            ulong result = FromInteger(to, value, rounding);
            return saturates ? Saturate(to, result) : result;
        };
    }

    /// <summary>Rounds once: what double precision cannot hold is cut to an odd number of more bits than needed.</summary>
    private static ulong FromInteger(FloatFormat to, Int128 value, Rounding rounding)
    {
        Int128 magnitude = Int128.Abs(value);
        if (magnitude < Int128.One << 53)
        {
            double exact = (double)magnitude;
            return to.Encode(value < 0 ? -exact : exact, rounding);
        }

        if (to == FloatFormat.Double)
        {
            double nearest = (double)magnitude;
            Int128 error = magnitude - (Int128)nearest;
            bool isNegative = value < 0;
            bool up = rounding == Rounding.Up ? !isNegative : rounding == Rounding.Down && isNegative;
            double result = rounding == Rounding.Nearest || error == 0 ? nearest
                : up ? (error > 0 ? Math.BitIncrement(nearest) : nearest)
                : error < 0 ? Math.BitDecrement(nearest) : nearest;
            return BitConverter.DoubleToUInt64Bits(isNegative ? -result : result);
        }

        ulong bits = (ulong)magnitude;
        ulong cut = (bits >> 12) | ((bits & 0xFFF) != 0 ? 1UL : 0);
        double scaled = cut * 4096.0;
        return to.Encode(value < 0 ? -scaled : scaled, rounding);
    }

    private static LaneOperation FloatToInteger(PtxOpcode opcode, PtxType type, FloatFormat from)
    {
        Rounding rounding = RoundingOf(opcode.Modifier("R"));
        bool flushes = opcode.Has("ftz");
        Int128 least = type.IsSigned ? -(Int128.One << (type.Bits - 1)) : 0;
        Int128 most = type.IsSigned ? (Int128.One << (type.Bits - 1)) - 1 : (Int128)MaskOf(type.Bits);
        return (a, _, _, _) =>
        {
            double value = from.Decode(flushes && from == FloatFormat.Single ? from.Flush(a) : a);
            if (double.IsNaN(value))
            {
                return 0;
            }

            double whole = Whole(value, rounding);
            Int128 result = whole <= -1e20 ? least : whole >= 1e20 ? most : Int128.Clamp((Int128)whole, least, most);
            return (ulong)result & ResultMask(type);
        };
    }

    /// <summary>A signed result is extended to the register's size; the mask cuts at 32 bits or leaves 64.</summary>
    private static ulong ResultMask(PtxType type) => type.Bits == 64 ? ulong.MaxValue : uint.MaxValue;

    private static LaneOperation IntegerToInteger(PtxOpcode opcode, PtxType type, PtxType from)
    {
        bool saturates = opcode.Has("sat");
        Int128 least = type.IsSigned ? -(Int128.One << (type.Bits - 1)) : 0;
        Int128 most = type.IsSigned ? (Int128.One << (type.Bits - 1)) - 1 : (Int128)MaskOf(type.Bits);
        return (a, _, _, _) =>
        {
            Int128 value = from.IsSigned ? SignExtend(a, from.Bits) : (Int128)(a & MaskOf(from.Bits));
            value = saturates ? Int128.Clamp(value, least, most) : value;
            ulong bits = (ulong)value & MaskOf(type.Bits);
            return (type.IsSigned ? (ulong)SignExtend(bits, type.Bits) : bits) & ResultMask(type);
        };
    }

    /// <summary>To 10 bits of mantissa, in the upper bits of a single.</summary>
    private static LaneOperation ToTensorFloat(PtxOpcode opcode)
    {
        string mode = opcode.Modifier("R")!;
        bool isFinite = opcode.Has("satfinite");
        bool relu = opcode.Has("relu");
        FloatFormat single = FloatFormat.Single;
        return (a, _, _, _) =>
        {
            if (single.IsNaN(a))
            {
                return single.NaN;
            }

            ulong sign = a & single.SignBit;
            ulong magnitude = a & ~single.SignBit & uint.MaxValue;
            if (magnitude < single.Infinity)
            {
                ulong odd = magnitude >> 13 & 1;
                magnitude += mode switch { "rna" => 0x1000UL, "rn" => 0xFFF + odd, _ => 0 };
                magnitude &= ~0x1FFFUL;
            }

            magnitude = isFinite && magnitude >= single.Infinity ? single.Infinity - 0x2000 : magnitude;
            return relu && sign != 0 ? 0 : sign | magnitude;
        };
    }

    /// <summary>cvt.pack: the second operand below the first, above what the third held (PTX ISA 9.7.9.22).</summary>
    private static LaneOperation PackSaturated(PtxType type, bool hasThird)
    {
        long least = type.IsSigned ? -(1L << (type.Bits - 1)) : 0;
        long most = type.IsSigned ? (1L << (type.Bits - 1)) - 1 : (1L << type.Bits) - 1;
        ulong Part(ulong raw) => (ulong)Math.Clamp((int)raw, least, most) & MaskOf(type.Bits);
        return (a, b, c, _) =>
        {
            ulong low = Part(b) | (Part(a) << type.Bits);
            return (hasThird && type.Bits == 8 ? low | (c << 16) : low) & uint.MaxValue;
        };
    }
}

using System.Numerics;
using TensorWasm.Gpu.Cpu.Compilation;
using TensorWasm.Ptx.Isa;

namespace TensorWasm.Gpu.Cpu.Operations;

/// <summary>Integer arithmetic (PTX ISA 9.7.1).</summary>
internal static partial class LaneOperations
{
    private static LaneOperation? IntegerOperation(PtxOpcode opcode, PtxType type)
    {
        if (type.Name is "u16x2" or "s16x2")
        {
            LaneOperation? half = IntegerOperation(opcode, type.Name[0] == 's', 16);
            return half is null ? null : Both(half);
        }

        return IntegerOperation(opcode, type.IsSigned, type.Bits);
    }

    private static LaneOperation? IntegerOperation(PtxOpcode opcode, bool isSigned, int bits)
    {
        ulong mask = MaskOf(bits);
        Int128 Value(ulong raw) => isSigned ? SignExtend(raw, bits) : (Int128)(raw & mask);
        ulong Result(Int128 value) => (ulong)value & mask;
        ulong Saturated(Int128 value) => Result(Int128.Clamp(value, -(Int128.One << (bits - 1)), (Int128.One << (bits - 1)) - 1));
        bool saturates = opcode.Has("sat");
        bool relu = opcode.Has("relu");
        switch (opcode.Mnemonic)
        {
            case "add":
                return saturates ? (a, b, _, _) => Saturated(Value(a) + Value(b)) : (a, b, _, _) => (a + b) & mask;
            case "sub":
                return saturates ? (a, b, _, _) => Saturated(Value(a) - Value(b)) : (a, b, _, _) => (a - b) & mask;
            case "mul":
                return Product(opcode, isSigned, bits, adds: false);
            case "mad":
                return Product(opcode, isSigned, bits, adds: true);
            case "mul24" or "mad24":
                return Product24(opcode, isSigned, opcode.Mnemonic == "mad24");
            case "sad":
                return (a, b, c, _) => (Result(Int128.Abs(Value(a) - Value(b))) + c) & mask;
            case "div":
                return (a, b, _, _) => (b & mask) == 0 ? mask : Result(Value(a) / Value(b));
            case "rem":
                return (a, b, _, _) => (b & mask) == 0 ? a & mask : Result(Value(a) % Value(b));
            case "abs":
                return (a, _, _, _) => Result(Int128.Abs((Int128)SignExtend(a, bits)));
            case "neg":
                return (a, _, _, _) => (0 - a) & mask;
            case "min":
                return (a, b, _, _) => Relu(Int128.Min(Value(a), Value(b)));
            case "max":
                return (a, b, _, _) => Relu(Int128.Max(Value(a), Value(b)));
            case "dp4a":
                return DotProduct(opcode, 8, 4, 0);
            case "dp2a":
                return DotProduct(opcode, 16, 2, opcode.Modifier("M") == "hi" ? 2 : 0);
            default:
                return null;
        }

        ulong Relu(Int128 value) => Result(relu && value < 0 ? 0 : value);
    }

    private static LaneOperation Product(PtxOpcode opcode, bool isSigned, int bits, bool adds)
    {
        ulong mask = MaskOf(bits);
        if (opcode.Has("wide"))
        {
            ulong wide = MaskOf(bits * 2);
            return (a, b, c, _) => isSigned
                ? ((ulong)(SignExtend(a, bits) * SignExtend(b, bits)) + (adds ? c : 0)) & wide
                : (((a & mask) * (b & mask)) + (adds ? c : 0)) & wide;
        }

        if (!opcode.Has("hi"))
        {
            return (a, b, c, _) => ((a * b) + (adds ? c : 0)) & mask;
        }

        bool saturates = opcode.Has("sat");
        return (a, b, c, _) =>
        {
            ulong high = isSigned
                ? (ulong)((Int128)SignExtend(a, bits) * SignExtend(b, bits) >> bits) & mask
                : (ulong)((UInt128)(a & mask) * (b & mask) >> bits) & mask;
            if (saturates)
            {
                long sum = SignExtend(high, bits) + SignExtend(c, bits);
                return (ulong)Math.Clamp(sum, int.MinValue, int.MaxValue) & mask;
            }

            return (high + (adds ? c : 0)) & mask;
        };
    }

    /// <summary>48-bit products of 24-bit operands: the low 32 bits, or those from bit 16 on (PTX ISA 9.7.1.5).</summary>
    private static LaneOperation Product24(PtxOpcode opcode, bool isSigned, bool adds)
    {
        int shift = opcode.Has("hi") ? 16 : 0;
        return (a, b, c, _) =>
        {
            long product = isSigned
                ? SignExtend(a, 24) * SignExtend(b, 24)
                : (long)((a & 0xFF_FFFF) * (b & 0xFF_FFFF));
            return ((ulong)(product >> shift) + (adds ? c : 0)) & uint.MaxValue;
        };
    }

    /// <summary>Sums of products of bytes; dp2a takes 16-bit parts of the first operand.</summary>
    private static LaneOperation DotProduct(PtxOpcode opcode, int bits, int count, int firstByte)
    {
        bool signedA = opcode.Modifier("A") == "s32";
        bool signedB = opcode.Modifier("B") == "s32";
        return (a, b, c, _) =>
        {
            long sum = (int)c;
            for (int i = 0; i < count; i++)
            {
                ulong x = a >> (bits * i) & MaskOf(bits);
                ulong y = b >> (8 * (i + firstByte)) & 0xFF;
                sum += (signedA ? SignExtend(x, bits) : (long)x) * (signedB ? SignExtend(y, 8) : (long)y);
            }

            return (ulong)sum & uint.MaxValue;
        };
    }

    private static LaneOperation? BitOperation(PtxOpcode opcode, PtxType type)
    {
        int bits = type.Bits;
        ulong mask = MaskOf(bits);
        bool isSigned = type.IsSigned;
        switch (opcode.Mnemonic)
        {
            case "and":
                return (a, b, _, _) => a & b & mask;
            case "or":
                return (a, b, _, _) => (a | b) & mask;
            case "xor":
                return (a, b, _, _) => (a ^ b) & mask;
            case "not":
                return (a, _, _, _) => ~a & mask;
            case "cnot":
                return (a, _, _, _) => (a & mask) == 0 ? 1UL : 0;
            case "popc":
                return (a, _, _, _) => (ulong)BitOperations.PopCount(a & mask);
            case "clz":
                return (a, _, _, _) => (ulong)(BitOperations.LeadingZeroCount(a & mask) - (64 - bits));
            case "brev":
                return (a, _, _, _) => Reverse(a) >> (64 - bits);
            case "bfind":
                return Find(opcode, isSigned, bits);
            case "fns":
                return (a, b, c, _) => FindNth((uint)a, (int)(uint)b, (int)(uint)c);
            case "bfe":
                return Extract(isSigned, bits);
            case "bfi":
                return (a, b, c, d) => Insert(a, b, (int)(c & 0xFF), (int)(d & 0xFF), bits);
            case "bmsk":
                return MaskBits(opcode.Has("clamp"));
            case "szext":
                return Extend(opcode.Has("clamp"), isSigned);
            case "shl":
                return (a, b, _, _) => b >= (ulong)bits ? 0 : a << (int)b & mask;
            case "shr" when isSigned:
                return (a, b, _, _) => (ulong)(SignExtend(a, bits) >> (int)Math.Min(b, 63)) & mask;
            case "shr":
                return (a, b, _, _) => b >= (ulong)bits ? 0 : (a & mask) >> (int)b;
            case "shf":
                return Funnel(opcode);
            case "prmt":
                return Permute(opcode.Modifier("M"));
            default:
                return null;
        }
    }

    private static ulong Reverse(ulong value)
    {
        ulong result = 0;
        for (int i = 0; i < 64; i++)
        {
            result |= (value >> i & 1) << (63 - i);
        }

        return result;
    }

    /// <summary>The highest bit that is not the sign; all ones when there is none (PTX ISA 9.7.1.16).</summary>
    private static LaneOperation Find(PtxOpcode opcode, bool isSigned, int bits)
    {
        bool shift = opcode.Has("shiftamt");
        return (a, _, _, _) =>
        {
            ulong value = a & MaskOf(bits);
            if (isSigned && (value >> (bits - 1)) != 0)
            {
                value = ~value & MaskOf(bits);
            }

            int highest = 63 - BitOperations.LeadingZeroCount(value);
            return highest < 0 ? uint.MaxValue : (ulong)(shift ? bits - 1 - highest : highest);
        };
    }

    /// <summary>The n-th set bit from a position, upwards or downwards (PTX ISA 9.7.1.17).</summary>
    private static ulong FindNth(uint mask, int start, int offset)
    {
        if (offset == 0)
        {
            return start is >= 0 and < 32 && (mask >> start & 1) != 0 ? (uint)start : uint.MaxValue;
        }

        int step = offset > 0 ? 1 : -1;
        int count = offset > 0 ? offset - 1 : -(offset + 1);
        for (int i = start; i is >= 0 and < 32; i += step)
        {
            if ((mask >> i & 1) != 0 && count-- == 0)
            {
                return (uint)i;
            }
        }

        return uint.MaxValue;
    }

    private static LaneOperation Extract(bool isSigned, int bits) => (a, b, c, _) =>
    {
        int position = (int)(b & 0xFF);
        int length = (int)(c & 0xFF);
        ulong sign = 0;
        if (isSigned && length != 0)
        {
            sign = a >> Math.Min(position + length - 1, bits - 1) & 1;
        }

        ulong result = 0;
        for (int i = 0; i < bits; i++)
        {
            ulong bit = i < length && position + i < bits ? a >> (position + i) & 1 : sign;
            result |= bit << i;
        }

        return result;
    };

    private static ulong Insert(ulong a, ulong b, int position, int length, int bits)
    {
        ulong result = b;
        for (int i = 0; i < length && position + i < bits; i++)
        {
            ulong bit = 1UL << (position + i);
            result = (result & ~bit) | ((i < 64 ? a >> i & 1 : 0) << (position + i));
        }

        return result & MaskOf(bits);
    }

    /// <summary>A run of ones (PTX ISA 9.7.1.20).</summary>
    private static LaneOperation MaskBits(bool clamps) => (a, b, _, _) =>
    {
        ulong start = clamps ? (uint)a : a & 31;
        ulong length = clamps ? Math.Min((uint)b, 32UL) : b & 31;
        return start >= 32 ? 0 : ((1UL << (int)length) - 1) << (int)start & uint.MaxValue;
    };

    /// <summary>Sign or zero extension from a number of bits (PTX ISA 9.7.1.19).</summary>
    private static LaneOperation Extend(bool clamps, bool isSigned) => (a, b, _, _) =>
    {
        int length = (int)(clamps ? Math.Min((uint)b, 32UL) : b & 31);
        return length == 0 ? 0
            : (isSigned ? (ulong)SignExtend(a, length) : a & MaskOf(length)) & uint.MaxValue;
    };

    private static LaneOperation Funnel(PtxOpcode opcode)
    {
        bool clamps = opcode.Has("clamp");
        bool isLeft = opcode.Modifier("D") == "l";
        return (a, b, c, _) =>
        {
            int count = (int)(clamps ? Math.Min(c, 32) : c & 31);
            ulong both = (b << 32) | (a & uint.MaxValue);
            return (isLeft ? both << count >> 32 : both >> count) & uint.MaxValue;
        };
    }

    /// <summary>Bytes of two words by selectors, or by a mode (PTX ISA 9.7.9.7).</summary>
    private static LaneOperation Permute(string? mode) => (a, b, c, _) =>
    {
        ulong both = (b << 32) | (a & uint.MaxValue);
        int select = (int)(c & 3);
        ulong result = 0;
        for (int i = 0; i < 4; i++)
        {
            int choice = mode switch
            {
                null => (int)(c >> (4 * i) & 15),
                "f4e" => select + i,
                "b4e" => (select - i) & 7,
                "rc8" => select,
                "ecl" => Math.Max(i, select),
                "ecr" => Math.Min(i, select),
                _ => ((select & 1) * 2) + (i & 1),
            };
            ulong value = both >> (8 * (choice & 7)) & 0xFF;
            if ((choice & 8) != 0)
            {
                value = (value & 0x80) != 0 ? 0xFFUL : 0;
            }

            result |= value << (8 * i);
        }

        return result;
    };
}

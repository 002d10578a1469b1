using TensorWasm.Gpu.Cpu.Compilation;
using TensorWasm.Ptx.Ir;
using TensorWasm.Ptx.Isa;

namespace TensorWasm.Gpu.Cpu.Operations;

/// <summary>
/// What each instruction that only computes means for one thread, as the PTX ISA states it in chapter 9.7. Compiled code
/// calls these where it has no faster form; tests hold the faster forms against them.
/// </summary>
internal static partial class LaneOperations
{
    /// <summary>The operation of an instruction.</summary>
    /// <param name="instruction">The instruction.</param>
    /// <param name="part">Empty for its result, "carry" for the carry flag, "second" for setp's second predicate.</param>
    /// <returns>The operation.</returns>
    /// <exception cref="CpuKernelException">There is none.</exception>
    internal static LaneOperation Of(Instruction instruction, string part)
    {
        PtxOpcode opcode = instruction.Opcode;
        PtxType type = opcode.Type ?? PtxType.B64;
        LaneOperation? operation = opcode.Effect == Effect.Carry
            ? CarryOperation(opcode, type, part)
            : opcode.Mnemonic switch
            {
                "setp" or "set" => Comparison(instruction, part == "second"),
                "cvt" => Conversion(instruction),
                "selp" or "slct" or "mov" => Selection(opcode, type),
                "testp" => TestOperation(opcode.Modifier("C")!, FormatOf(type)!),
                "copysign" => Copysign(FormatOf(type)!),
                "lop3" => Logic((byte)((ImmediateOperand)instruction.Operands[4]).Bits),
                _ when FormatOf(type) is { } format && !IsBitwise(opcode.Mnemonic) => FloatOperation(opcode, type, format),
                _ => IntegerOperation(opcode, type) ?? BitOperation(opcode, type),
            };
        return operation ?? throw new CpuKernelException("the CPU device has no meaning for it");
    }

    internal static ulong MaskOf(int bits) => bits >= 64 ? ulong.MaxValue : (1UL << bits) - 1;

    internal static long SignExtend(ulong value, int bits) => (long)(value << (64 - bits)) >> (64 - bits);

    private static bool IsBitwise(string mnemonic) => mnemonic is "and" or "or" or "xor" or "not";

    /// <summary>The float format of a type or, for a pair, of its halves.</summary>
    private static FloatFormat? FormatOf(PtxType type) => type.Name switch
    {
        "f16" or "f16x2" => FloatFormat.Half,
        "bf16" or "bf16x2" => FloatFormat.Brain,
        "f32" => FloatFormat.Single,
        "f64" => FloatFormat.Double,
        _ => null,
    };

    private static bool IsPair(PtxType type) => type.Name.EndsWith("x2", StringComparison.Ordinal);

    /// <summary>An operation on halves of a word, done for both.</summary>
    private static LaneOperation Both(LaneOperation operation) => (a, b, c, d) =>
        operation(a & 0xFFFF, b & 0xFFFF, c & 0xFFFF, d)
        | (operation(a >> 16 & 0xFFFF, b >> 16 & 0xFFFF, c >> 16 & 0xFFFF, d) << 16);

    private static LaneOperation? CarryOperation(PtxOpcode opcode, PtxType type, string part)
    {
        int bits = type.Bits;
        ulong mask = MaskOf(bits);
        bool isCarry = part == "carry";
        UInt128 one = UInt128.One << bits;
        ulong Part(UInt128 wide) => isCarry ? (ulong)(wide >> bits) & 1 : (ulong)wide & mask;
        UInt128 Product(ulong a, ulong b)
        {
            Int128 product = type.IsSigned
                ? (Int128)SignExtend(a, bits) * SignExtend(b, bits)
                : (Int128)((UInt128)(a & mask) * (b & mask));
            return (ulong)(opcode.Has("hi") ? product >> bits : product) & mask;
        }

        return opcode.Mnemonic switch
        {
            "add" => (a, b, _, _) => Part((UInt128)(a & mask) + (b & mask)),
            "addc" => (a, b, _, c) => Part((UInt128)(a & mask) + (b & mask) + (c & 1)),
            "sub" => (a, b, _, _) => Part((one | (a & mask)) - (b & mask)) ^ (isCarry ? 1UL : 0),
            "subc" => (a, b, _, c) => Part((one | (a & mask)) - (b & mask) - (c & 1)) ^ (isCarry ? 1UL : 0),
            "mad" => (a, b, c, _) => Part(Product(a, b) + (c & mask)),
            "madc" => (a, b, c, d) => Part(Product(a, b) + (c & mask) + (d & 1)),
            _ => null,
        };
    }

    private static LaneOperation Selection(PtxOpcode opcode, PtxType type) => opcode.Mnemonic switch
    {
        "mov" => (a, _, _, _) => a,
        "selp" => (a, b, c, _) => (c & 1) != 0 ? a : b,
        _ when opcode.SourceType!.Name == "f32" => SelectBySign(opcode.Has("ftz")),
        _ => (a, b, c, _) => (int)c >= 0 ? a : b,
    };

    /// <summary>slct by a float: the first operand from 0 on; a NaN chooses the second (PTX ISA 9.7.6.4).</summary>
    private static LaneOperation SelectBySign(bool flushes) => (a, b, c, _) =>
        BitConverter.UInt32BitsToSingle((uint)(flushes ? FloatFormat.Single.Flush(c) : c)) >= 0 ? a : b;

    private static LaneOperation Logic(byte table) => (a, b, c, _) =>
    {
        ulong result = 0;
        for (int i = 0; i < 8; i++)
        {
            if ((table >> i & 1) != 0)
            {
                result |= ((i & 4) != 0 ? a : ~a) & ((i & 2) != 0 ? b : ~b) & ((i & 1) != 0 ? c : ~c);
            }
        }

        return result & uint.MaxValue;
    };
}

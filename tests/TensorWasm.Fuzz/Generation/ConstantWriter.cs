using TensorWasm.Wasm;

namespace TensorWasm.Fuzz;

/// <summary>Writes constants, more of those at which arithmetic has edges than of others.</summary>
internal sealed class ConstantWriter(ByteWriter code, Choices choices)
{
    private static readonly long[] Integers =
    [
        0, 1, -1, 2, 3, 7, 8, 15, 16, 31, 32, 33, 63, 64, 127, 128, 255, 256, 0x7FFF, 0x8000, 0xFFFF, 0x10000, 65_532, 65_535,
        int.MaxValue, int.MinValue, uint.MaxValue, 0x80000000L, long.MaxValue, long.MinValue, 0x5555555555555555,
    ];

    private static readonly float[] Singles =
    [
        0, -0f, 1, -1, 0.5f, -0.5f, 1.5f, 2.5f, float.Epsilon, -float.Epsilon, float.MaxValue, float.MinValue,
        float.PositiveInfinity, float.NegativeInfinity, 1.17549435e-38f, 16777216f, 2147483520f, 2147483648f, -2147483648f,
        4294967040f, 4294967296f, 9.223372e18f, 1.8446744e19f, 0.99999994f, 8388607.5f,
    ];

    private static readonly double[] Doubles =
    [
        0, -0d, 1, -1, 0.5, -0.5, 1.5, 2.5, double.Epsilon, -double.Epsilon, double.MaxValue, double.MinValue,
        double.PositiveInfinity, double.NegativeInfinity, 2.2250738585072014e-308, 9007199254740992, 2147483647.9, 2147483648,
        -2147483648.9, -2147483649, 4294967295.9, 4294967296, 9.2233720368547748e18, 9.2233720368547758e18,
        1.8446744073709550e19, 3.4028235677973366e38, 1.401298464324817e-45, 4503599627370495.5,
    ];

    internal void Write(char type)
    {
        switch (type)
        {
            case 'i':
                code.Opcode(Opcode.I32Const);
                code.Signed((int)Integer());
                break;
            case 'l':
                code.Opcode(Opcode.I64Const);
                code.Signed(Integer());
                break;
            case 'f':
                code.Opcode(Opcode.F32Const);
                code.Fixed32(Single());
                break;
            case 'd':
                code.Opcode(Opcode.F64Const);
                code.Fixed64(Double());
                break;
            case 'v':
                code.Opcode(Opcode.V128Const);
                Vector();
                break;
            default:
                code.Bytes([0xD0, 0x70]);
                break;
        }
    }

    private long Integer() => choices.Below(3) switch
    {
        0 => choices.Below(200) - 100,
        1 => choices.Of(Integers),
        _ => (long)choices.Bits() >> choices.Below(64),
    };

    private uint Single() => choices.Below(8) switch
    {
        0 => (uint)choices.Bits(),
        1 => 0x7F800001 | (uint)(choices.Bits() & 0x807FFFFF),
        2 => BitConverter.SingleToUInt32Bits(choices.Below(2000) - 1000),
        _ => BitConverter.SingleToUInt32Bits(choices.Of(Singles)),
    };

    private ulong Double() => choices.Below(8) switch
    {
        0 => choices.Bits(),
        1 => 0x7FF0000000000001 | (choices.Bits() & 0x800FFFFFFFFFFFFF),
        2 => BitConverter.DoubleToUInt64Bits(choices.Below(2000) - 1000),
        _ => BitConverter.DoubleToUInt64Bits(choices.Of(Doubles)),
    };

    private void Vector()
    {
        switch (choices.Below(4))
        {
            case 0:
                for (var i = 0; i < 4; i++) code.Fixed32(Single());
                break;
            case 1:
                for (var i = 0; i < 2; i++) code.Fixed64(Double());
                break;
            case 2:
                for (var i = 0; i < 4; i++) code.Fixed32((uint)Integer());
                break;
            default:
                for (var i = 0; i < 2; i++) code.Fixed64(choices.Bits());
                break;
        }
    }
}

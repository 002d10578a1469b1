using TensorWasm.Wasm;

namespace TensorWasm.Engine.Tests.Semantics;

/// <summary>
/// The vector instructions as the specification defines them: lane by lane, on exact integers and on scalar
/// floating point, without any vector type (core specification, section 4.3). For relaxed operations, the choice that
/// the engine documents.
/// </summary>
internal static partial class VectorReference
{
    /// <summary>The result's lanes, lane 0 first; one lane for a scalar result.</summary>
    public delegate ExpectedFloat[] Rule(VectorCase operands);

    /// <summary>The rule of each instruction.</summary>
    public static IReadOnlyDictionary<Opcode, Rule> Rules { get; } = Build();

    private static Dictionary<Opcode, Rule> Build()
    {
        var rules = new Dictionary<Opcode, Rule>();
        AddBitwise(rules);
        AddLanes(rules);
        foreach (var width in (int[])[8, 16, 32, 64]) AddIntegers(rules, width);
        AddWidening(rules);
        AddSingles(rules);
        AddDoubles(rules);
        AddConversions(rules);
        AddRelaxed(rules);
        return rules;
    }

    private static string Shape(int width) => $"I{width}x{128 / width}";

    private static Opcode Code(string name) => Enum.Parse<Opcode>(name);

    private static Int128 Signed(ulong lane, int width) => (long)(lane << 64 - width) >> 64 - width;

    private static ExpectedFloat Bits(Int128 value, int width) =>
        new((ulong)(value & (Int128)ulong.MaxValue) & ulong.MaxValue >> 64 - width, NaNKind.None, width);

    private static ExpectedFloat[] Each(int width, Func<int, Int128> lane) =>
        [.. Enumerable.Range(0, 128 / width).Select(i => Bits(lane(i), width))];

    private static Int128 Clamp(Int128 value, int width, bool signed) => signed
        ? Int128.Clamp(value, -(Int128.One << width - 1), (Int128.One << width - 1) - 1)
        : Int128.Clamp(value, 0, (Int128.One << width) - 1);

    private static Int128 Get(byte[] vector, int width, bool signed, int index)
    {
        var lane = VectorCase.Lanes(vector, width)[index];
        return signed ? Signed(lane, width) : lane;
    }

    private static void AddBitwise(Dictionary<Opcode, Rule> rules)
    {
        Bytes(Opcode.V128Not, (a, _, _) => ~a);
        Bytes(Opcode.V128And, (a, b, _) => a & b);
        Bytes(Opcode.V128Andnot, (a, b, _) => a & ~b);
        Bytes(Opcode.V128Or, (a, b, _) => a | b);
        Bytes(Opcode.V128Xor, (a, b, _) => a ^ b);
        foreach (var name in (string[])["V128Bitselect", "I8x16RelaxedLaneselect", "I16x8RelaxedLaneselect",
            "I32x4RelaxedLaneselect", "I64x2RelaxedLaneselect"])
        {
            Bytes(Code(name), (a, b, c) => a & c | b & ~c);
        }
        rules[Opcode.V128AnyTrue] = v => [Bits(v.A.Any(lane => lane != 0) ? 1 : 0, 32)];

        void Bytes(Opcode opcode, Func<int, int, int, int> lane) =>
            rules[opcode] = v => Each(8, i => lane(v.A[i], v.B[i], v.C[i]));
    }

    private static void AddLanes(Dictionary<Opcode, Rule> rules)
    {
        foreach (var (shape, width, result) in ((string, int, int)[])
            [("I8x16", 8, 32), ("I16x8", 16, 32), ("I32x4", 32, 32), ("I64x2", 64, 64), ("F32x4", 32, 32), ("F64x2", 64, 64)])
        {
            rules[Code(shape + "Splat")] = v => Each(width, _ => v.Scalar);
            rules[Code(shape + "ReplaceLane")] = v =>
                Each(width, i => i == v.Lane ? v.Scalar : Get(v.A, width, false, i));
            foreach (var suffix in width < 32 ? (string[])["S", "U"] : [""])
            {
                rules[Code(shape + "ExtractLane" + suffix)] = v => [Bits(Get(v.A, width, suffix == "S", v.Lane), result)];
            }
        }
        rules[Opcode.I8x16Shuffle] = v => Each(8, i => v.Shuffle[i] < 16 ? v.A[v.Shuffle[i]] : v.B[v.Shuffle[i] - 16]);
        rules[Opcode.I8x16Swizzle] = v => Each(8, i => v.B[i] < 16 ? v.A[v.B[i]] : 0);
        rules[Opcode.I8x16RelaxedSwizzle] = v => Each(8, i => v.B[i] < 128 ? v.A[v.B[i] % 16] : 0);
    }

    private static void AddIntegers(Dictionary<Opcode, Rule> rules, int width)
    {
        var shape = Shape(width);
        Unary("Abs", Int128.Abs);
        Unary("Neg", a => -a);
        Binary("Add", true, (a, b) => a + b);
        Binary("Sub", true, (a, b) => a - b);
        if (width > 8) Binary("Mul", true, (a, b) => a * b);
        Binary("Eq", true, (a, b) => a == b ? -1 : 0);
        Binary("Ne", true, (a, b) => a != b ? -1 : 0);
        foreach (var signed in (bool[])[true, false])
        {
            var suffix = signed ? "S" : "U";
            if (signed || width < 64)
            {
                Binary("Lt" + suffix, signed, (a, b) => a < b ? -1 : 0);
                Binary("Gt" + suffix, signed, (a, b) => a > b ? -1 : 0);
                Binary("Le" + suffix, signed, (a, b) => a <= b ? -1 : 0);
                Binary("Ge" + suffix, signed, (a, b) => a >= b ? -1 : 0);
            }
            if (width < 64)
            {
                Binary("Min" + suffix, signed, (a, b) => a < b ? a : b);
                Binary("Max" + suffix, signed, (a, b) => a > b ? a : b);
            }
            if (width < 32)
            {
                Binary("AddSat" + suffix, signed, (a, b) => Clamp(a + b, width, signed));
                Binary("SubSat" + suffix, signed, (a, b) => Clamp(a - b, width, signed));
            }
            rules[Code(shape + "Shr" + suffix)] = v =>
                Each(width, i => Get(v.A, width, signed, i) >> Count(v));
        }
        rules[Code(shape + "Shl")] = v => Each(width, i => Get(v.A, width, false, i) << Count(v));
        if (width < 32) Binary("AvgrU", false, (a, b) => (a + b + 1) / 2);
        rules[Code(shape + "AllTrue")] = v => [Bits(VectorCase.Lanes(v.A, width).All(lane => lane != 0) ? 1 : 0, 32)];
        rules[Code(shape + "Bitmask")] = v =>
            [Bits(VectorCase.Lanes(v.A, width).Select((lane, i) => (long)(lane >> width - 1) << i).Sum(), 32)];
        if (width == 8)
        {
            rules[Opcode.I8x16Popcnt] = v => Each(8, i => Convert.ToString(v.A[i], 2).Count(digit => digit == '1'));
        }

        int Count(VectorCase v) => (int)((uint)v.Scalar % (uint)width);

        void Unary(string name, Func<Int128, Int128> lane) =>
            rules[Code(shape + name)] = v => Each(width, i => lane(Get(v.A, width, true, i)));

        void Binary(string name, bool signed, Func<Int128, Int128, Int128> lane) => rules[Code(shape + name)] = v =>
            Each(width, i => lane(Get(v.A, width, signed, i), Get(v.B, width, signed, i)));
    }

    private static void AddWidening(Dictionary<Opcode, Rule> rules)
    {
        foreach (var width in (int[])[8, 16, 32])
        {
            var (from, to, lanes) = (Shape(width), Shape(width * 2), 64 / width);
            foreach (var signed in (bool[])[true, false])
            {
                var suffix = signed ? "S" : "U";
                foreach (var (half, first) in ((string, int)[])[("Low", 0), ("High", lanes)])
                {
                    rules[Code($"{to}Extend{half}{from}{suffix}")] = v =>
                        Each(width * 2, i => Get(v.A, width, signed, first + i));
                    rules[Code($"{to}Extmul{half}{from}{suffix}")] = v =>
                        Each(width * 2, i => Get(v.A, width, signed, first + i) * Get(v.B, width, signed, first + i));
                }
                if (width == 32) continue;

                rules[Code($"{to}ExtaddPairwise{from}{suffix}")] = v =>
                    Each(width * 2, i => Get(v.A, width, signed, 2 * i) + Get(v.A, width, signed, 2 * i + 1));
                rules[Code($"{from}Narrow{to}{suffix}")] = v => Each(width, i => Clamp(
                    i < lanes ? Get(v.A, width * 2, true, i) : Get(v.B, width * 2, true, i - lanes), width, signed));
            }
        }
        rules[Opcode.I32x4DotI16x8S] = v => Each(32, i =>
            Get(v.A, 16, true, 2 * i) * Get(v.B, 16, true, 2 * i) + Get(v.A, 16, true, 2 * i + 1) * Get(v.B, 16, true, 2 * i + 1));
        rules[Opcode.I16x8Q15mulrSatS] = v => Each(16, i =>
            Clamp(Get(v.A, 16, true, i) * Get(v.B, 16, true, i) + 0x4000 >> 15, 16, true));
    }

    private static void AddRelaxed(Dictionary<Opcode, Rule> rules)
    {
        rules[Opcode.I16x8RelaxedQ15mulrS] = v => Each(16, i => Get(v.A, 16, true, i) * Get(v.B, 16, true, i) + 0x4000 >> 15);
        rules[Opcode.I16x8RelaxedDotI8x16I7x16S] = v => Each(16, i => Clamp(Product(v, 2 * i) + Product(v, 2 * i + 1), 16, true));
        rules[Opcode.I32x4RelaxedDotI8x16I7x16AddS] = v => Each(32, i => Get(v.C, 32, true, i)
            + Product(v, 4 * i) + Product(v, 4 * i + 1) + Product(v, 4 * i + 2) + Product(v, 4 * i + 3));

        static Int128 Product(VectorCase v, int i) => (sbyte)v.A[i] * v.B[i];
    }
}

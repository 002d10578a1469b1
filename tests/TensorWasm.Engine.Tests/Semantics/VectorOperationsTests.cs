using System.Buffers.Binary;
using System.Reflection;
using System.Runtime.Intrinsics;
using System.Text;
using TensorWasm.Engine.CompilerServices;
using TensorWasm.Wasm;
using TensorWasm.Wasm.Text;

namespace TensorWasm.Engine.Tests.Semantics;

/// <summary>
/// Every vector instruction on thousands of operands against <see cref="VectorReference"/>: by its helper, and in a
/// compiled guest, where it may be emitted as intrinsics.
/// </summary>
public sealed class VectorOperationsTests
{
    private const int Cases = 2048;
    private const int Scalar = 48;
    private const int Result = 64;

    public static TheoryData<Opcode> Opcodes() =>
        [.. OpcodeTable.All.Where(info => (int)info.Opcode >> 12 == 0xFD && info.Opcode != Opcode.V128Const
            && !info.Operands.Contains('a', StringComparison.Ordinal)).Select(info => info.Opcode)];

    [Theory]
    [MemberData(nameof(Opcodes))]
    public void Helper_follows_the_specification(Opcode opcode)
    {
        var info = OpcodeTable.Get(opcode);
        var method = typeof(VectorOperations).GetMethod(opcode.ToString(), BindingFlags.Public | BindingFlags.Static);
        Assert.NotNull(method);
        foreach (var (operands, rule) in Run(info))
        {
            var arguments = new List<object>();
            byte[][] vectors = [operands.A, operands.B, operands.C];
            foreach (var operand in info.Operands) arguments.Add(operand switch
            {
                'v' => Vector128.Create(vectors[arguments.Count]),
                'i' => (int)operands.Scalar,
                'l' => (long)operands.Scalar,
                'f' => BitConverter.UInt32BitsToSingle((uint)operands.Scalar),
                _ => BitConverter.UInt64BitsToDouble(operands.Scalar),
            });
            if (info.Immediate == ImmediateKind.Lane) arguments.Add(operands.Lane);
            if (info.Immediate == ImmediateKind.Shuffle) arguments.Add(Vector128.Create(operands.Shuffle));

            var result = new byte[16];
            switch (method.Invoke(null, [.. arguments]))
            {
                case Vector128<byte> vector: vector.CopyTo(result); break;
                case int number: BinaryPrimitives.WriteInt32LittleEndian(result, number); break;
                case long number: BinaryPrimitives.WriteInt64LittleEndian(result, number); break;
                case float number: BinaryPrimitives.WriteSingleLittleEndian(result, number); break;
                case double number: BinaryPrimitives.WriteDoubleLittleEndian(result, number); break;
            }
            Check(opcode, operands, rule, result);
        }
    }

    [Theory]
    [MemberData(nameof(Opcodes))]
    public void Compiled_guest_follows_the_specification(Opcode opcode)
    {
        var info = OpcodeTable.Get(opcode);
        var all = Run(info).ToArray();
        var text = new StringBuilder("(module (memory (export \"memory\") 1)\n");
        var immediates = all.Select(each => Immediate(info, each.Operands)).Distinct().ToArray();
        foreach (var immediate in immediates) text.Append(Wrapper(info, immediate));
        var engine = new WasmEngine();
        using var store = new Store(engine);
        var module = engine.Compile(WatParser.Parse(text.Append(')').ToString()));
        var instance = new Linker(engine).Instantiate(store, module);
        var memory = instance.DefaultMemory!;
        var functions = immediates.ToDictionary(
            immediate => immediate, immediate => instance.GetFunction(immediate)!.CreateDelegate<Action>());
        var result = new byte[16];
        foreach (var (operands, rule) in all)
        {
            memory.Write(0, operands.A);
            memory.Write(16, operands.B);
            memory.Write(32, operands.C);
            memory.Write(Scalar, operands.Scalar);
            functions[Immediate(info, operands)]();
            memory.Read(Result, result);
            Check(opcode, operands, rule, result);
        }
    }

    private static IEnumerable<(VectorCase Operands, VectorReference.Rule Rule)> Run(OpcodeInfo info)
    {
        Assert.True(VectorReference.Rules.TryGetValue(info.Opcode, out var rule), "the reference lacks the instruction");
        // A shuffle's indices are part of the code, so each case is a function of its own.
        var count = info.Immediate == ImmediateKind.Shuffle ? Cases / 8 : Cases;
        return VectorCase.Generate(count, (int)info.Opcode).Select(operands =>
            (info.Immediate == ImmediateKind.Lane ? operands with { Lane = operands.Lane % info.Argument } : operands, rule));
    }

    private static void Check(Opcode opcode, VectorCase operands, VectorReference.Rule rule, byte[] result)
    {
        var expected = rule(operands);
        var actual = VectorCase.Lanes(result, expected[0].Width);
        for (var i = 0; i < expected.Length; i++)
        {
            if (expected[i].Admits(actual[i])) continue;
            Assert.Fail($"{opcode}: lane {i} must be {expected[i]} but is 0x{actual[i]:x}; operands "
                + $"{Convert.ToHexString(operands.A)} {Convert.ToHexString(operands.B)} {Convert.ToHexString(operands.C)} "
                + $"0x{operands.Scalar:x}, lane {operands.Lane}, result {Convert.ToHexString(result)}");
        }
    }

    private static string Immediate(OpcodeInfo info, VectorCase operands) => info.Immediate switch
    {
        ImmediateKind.Lane => $"{operands.Lane}",
        ImmediateKind.Shuffle => string.Join(' ', operands.Shuffle),
        _ => "",
    };

    private static string Wrapper(OpcodeInfo info, string immediate)
    {
        var operands = new StringBuilder();
        for (var i = 0; i < info.Operands.Length; i++)
        {
            operands.Append(info.Operands[i] == 'v'
                ? $" (v128.load (i32.const {16 * i}))"
                : $" ({TypeOf(info.Operands[i])}.load (i32.const {Scalar}))");
        }
        return $"(func (export \"{immediate}\") ({TypeOf(info.Results[0])}.store (i32.const {Result}) "
            + $"({info.Name} {immediate}{operands})))\n";
    }

    private static string TypeOf(char letter) =>
        letter switch { 'i' => "i32", 'l' => "i64", 'f' => "f32", 'd' => "f64", _ => "v128" };
}

using System.Text;
using TensorWasm.Ptx;
using TensorWasm.Ptx.Ir;
using TensorWasm.Ptx.Isa;

namespace TensorWasm.Gpu.Tests.Cpu.TestSupport;

/// <summary>Kernels of one instruction, that load a value for each operand and thread and store the result.</summary>
internal static class Forms
{
    public static (Instruction Instruction, string[] Types, string Result, string Text) Make(string opcode)
    {
        foreach (PtxOpcode form in InstructionTable.Resolve(opcode))
        {
            string text = Text(form, out string[] types, out string result);
            PtxModule module = PtxModule.Parse(text);
            PtxVerification verification = PtxVerifier.Verify(module.Syntax!);
            if (verification.IsValid)
            {
                Instruction found = verification.Kernels[0].Blocks.SelectMany(block => block.Instructions)
                    .Single(instruction => instruction.Opcode.Text == opcode && instruction.Operands[0].ToString() is not null
                        && instruction.Writes.Any(register => register.Name == "%out"));
                return (found, types, result, text);
            }
        }

        throw new InvalidOperationException($"no kernel can be made of {opcode}");
    }

    public static ulong Mask(ulong value, string type) => type switch
    {
        "pred" => value & 1,
        _ => Bits(type) >= 64 ? value : value & ((1UL << Bits(type)) - 1),
    };

    /// <summary>Equal, or both NaN (whose bits the ISA leaves open), or so many units apart.</summary>
    public static bool Agree(ulong expected, ulong actual, string type, int ulps)
    {
        if (expected == actual)
        {
            return true;
        }

        if (type == "f64")
        {
            return double.IsNaN(BitConverter.UInt64BitsToDouble(expected)) && double.IsNaN(BitConverter.UInt64BitsToDouble(actual));
        }

        if (type == "f32")
        {
            float x = BitConverter.UInt32BitsToSingle((uint)expected);
            float y = BitConverter.UInt32BitsToSingle((uint)actual);
            return (float.IsNaN(x) && float.IsNaN(y))
                || (ulps > 0 && Math.Abs(Order((uint)expected) - Order((uint)actual)) <= ulps)
                || (ulps > 0 && Math.Abs(x - y) < 2e-7f);
        }

        return false;
    }

    private static long Order(uint bits) => (int)bits < 0 ? int.MinValue - (long)(int)bits : bits;

    private static int Bits(string type) => type == "pred" ? 1 : PtxType.Find(type)!.Bits;

    private static string Text(PtxOpcode form, out string[] types, out string result)
    {
        OperandSpec[] operands = [.. form.Operands];
        result = operands[0].Type!.Name;
        string resultType = result;
        List<string> sources = [];
        StringBuilder loads = new();
        StringBuilder arguments = new("%out");
        StringBuilder parameters = new();
        for (int i = 1; i < operands.Length; i++)
        {
            OperandSpec operand = operands[i];
            if (operand.IsOptional)
            {
                continue;
            }

            if (operand.Kind == OperandKind.Immediate)
            {
                arguments.Append(", 150");
                continue;
            }

            string type = operand.Type!.Name;
            int number = sources.Count;
            sources.Add(type);
            parameters.Append($".param .u64 p{number}, ");
            int bits = type == "pred" ? 32 : Math.Max(Bits(type), 16);
            loads.AppendLine($"ld.param.u64 %rd1, [p{number}]; add.s64 %rd1, %rd1, %rd0;");
            loads.AppendLine($".reg .b{bits} %in{number};");
            loads.AppendLine($"ld.global.b{bits} %in{number}, [%rd1];");
            if (type == "pred")
            {
                loads.AppendLine($".reg .pred %q{number}; and.b32 %in{number}, %in{number}, 1; setp.ne.b32 %q{number}, %in{number}, 0;");
            }

            arguments.Append(type == "pred" ? $", %q{number}" : $", %in{number}");
        }

        types = [.. sources];
        string register = resultType == "pred" ? ".pred" : $".b{Math.Max(Bits(resultType), 16)}";
        string store = resultType == "pred"
            ? "selp.b64 %rd2, 1, 0, %out; st.global.b64 [%rd1], %rd2;"
            : Bits(resultType) == 64 ? "st.global.b64 [%rd1], %out;"
            : $"st.global.b{Bits(resultType)} [%rd1], %out;";
        return $$"""
            .version 8.6
            .target sm_90
            .address_size 64
            .visible .entry k({{parameters}}.param .u64 out)
            {
            .reg .b64 %rd<4>; .reg .b32 %r<8>; .reg {{register}} %out;
            mov.u32 %r0, %ctaid.x; mov.u32 %r1, %ntid.x; mov.u32 %r2, %tid.x;
            mad.lo.s32 %r3, %r0, %r1, %r2; mul.wide.u32 %rd0, %r3, 8;
            {{loads}}
            {{form.Text}} {{arguments}};
            ld.param.u64 %rd1, [out]; add.s64 %rd1, %rd1, %rd0;
            {{store}}
            ret;
            }
            """;
    }
}

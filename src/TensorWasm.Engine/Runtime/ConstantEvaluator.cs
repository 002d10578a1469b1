using System.Runtime.Intrinsics;
using TensorWasm.Wasm;

namespace TensorWasm.Engine;

/// <summary>Evaluates constant expressions of a validated module (specification, section 3.4.13).</summary>
internal static class ConstantEvaluator
{
    internal static object? Evaluate(ConstantExpression expression, Instance instance)
    {
        var reader = new CodeReader(expression.Code.Span, expression.Offset);
        var stack = new Stack<object?>();
        while (true)
        {
            var opcode = reader.ReadOpcode();
            switch (opcode)
            {
                case Opcode.End:
                    return stack.Pop();
                case Opcode.I32Const:
                    stack.Push(reader.ReadS32());
                    break;
                case Opcode.I64Const:
                    stack.Push(reader.ReadS64());
                    break;
                case Opcode.F32Const:
                    stack.Push(BitConverter.UInt32BitsToSingle(reader.ReadF32Bits()));
                    break;
                case Opcode.F64Const:
                    stack.Push(BitConverter.UInt64BitsToDouble(reader.ReadF64Bits()));
                    break;
                case Opcode.V128Const:
                    stack.Push(Vector128.Create(reader.ReadBytes(16)));
                    break;
                case Opcode.RefNull:
                    reader.ReadS33();
                    stack.Push(null);
                    break;
                case Opcode.RefFunc:
                    stack.Push(instance.FunctionAt((int)reader.ReadU32()));
                    break;
                case Opcode.GlobalGet:
                    stack.Push(instance.GlobalAt((int)reader.ReadU32()).Value);
                    break;
                case Opcode.I32Add or Opcode.I32Sub or Opcode.I32Mul:
                    stack.Push(Combine32(opcode, (int)stack.Pop()!, (int)stack.Pop()!));
                    break;
                case Opcode.I64Add or Opcode.I64Sub or Opcode.I64Mul:
                    stack.Push(Combine64(opcode, (long)stack.Pop()!, (long)stack.Pop()!));
                    break;
                default:
                    throw new UnsupportedFeatureException(
                        $"a constant expression: {OpcodeTable.Get(opcode).Name} needs garbage collection, which this engine does not run");
            }
        }
    }

    /// <summary>The value of an address: i32 or i64, without sign.</summary>
    internal static ulong EvaluateAddress(ConstantExpression expression, Instance instance) =>
        Evaluate(expression, instance) switch
        {
            int address => (uint)address,
            long address => (ulong)address,
            _ => throw new Compilation.InternalCompilerException("an offset is no integer"),
        };

    private static int Combine32(Opcode opcode, int second, int first) => opcode switch
    {
        Opcode.I32Add => first + second,
        Opcode.I32Sub => first - second,
        _ => first * second,
    };

    private static long Combine64(Opcode opcode, long second, long first) => opcode switch
    {
        Opcode.I64Add => first + second,
        Opcode.I64Sub => first - second,
        _ => first * second,
    };
}

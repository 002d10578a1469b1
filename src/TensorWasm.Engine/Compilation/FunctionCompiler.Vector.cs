using System.Buffers.Binary;
using TensorWasm.Wasm;

namespace TensorWasm.Engine.Compilation;

/// <content>Vector instructions with immediates (section 4.6.3).</content>
internal sealed partial class FunctionCompiler
{
    private void CompileVectorImmediate(OpcodeInfo info, ref CodeReader reader)
    {
        switch (info.Immediate)
        {
            case ImmediateKind.V128:
                EmitVector(reader.ReadBytes(16));
                Push(ValueKind.V128);
                return;
            case ImmediateKind.Shuffle:
                Need(2);
                EmitVector(reader.ReadBytes(16));
                CallHelper(HelperTable.Get(info.Opcode));
                break;
            default:
                Need(info.Operands.Length);
                EmitLane(info.Opcode, reader.ReadByte());
                break;
        }
        Pop(info.Operands.Length);
        Push(KindOf(info.Results[0]));
    }

    private void EmitLane(Opcode opcode, int lane)
    {
        if (VectorIntrinsics.TryGet(opcode, out var row))
        {
            row.Emit(_il, _references, lane);
            return;
        }
        _il.LdcI4(lane);
        CallHelper(HelperTable.Get(opcode));
    }

    private void EmitVector(ReadOnlySpan<byte> bytes)
    {
        _il.LdcI8(BinaryPrimitives.ReadInt64LittleEndian(bytes));
        _il.LdcI8(BinaryPrimitives.ReadInt64LittleEndian(bytes[8..]));
        CallHelper(Members.CreateVector);
    }
}

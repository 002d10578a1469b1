using System.Reflection.Metadata;
using TensorWasm.Wasm;

namespace TensorWasm.Engine.Compilation;

/// <content>
/// RyuJIT loads only the bytes of which something is used: of an i64 that is wrapped, four, and of a value that is dropped,
/// one. A guard page would not see that the bytes left out are out of bounds, so where something narrows behind a load, its
/// last byte is read too.
/// </content>
internal sealed partial class FunctionCompiler
{
    /// <summary>How many instructions on a narrowing may take the value: RyuJIT looks into the next statement only.</summary>
    private const int NarrowingReach = 4;

    /// <summary>
    /// Reads one byte above the address on the CIL stack, which stays.
    /// </summary>
    private void EmitTouch(int offset)
    {
        _il.Op(ILOpCode.Dup);
        _il.LdcI4(offset);
        _il.Op(ILOpCode.Add);
        _il.Op(ILOpCode.Ldind_u1);
        _il.Op(ILOpCode.Pop);
    }

    private static bool MayNarrow(CodeReader reader)
    {
        for (var i = 0; i < NarrowingReach; i++)
        {
            var opcode = reader.ReadOpcode();
            switch (opcode)
            {
                case Opcode.Drop or Opcode.I32WrapI64 or Opcode.I32And or Opcode.I64And or Opcode.I32Extend8S or Opcode.I32Extend16S
                    or Opcode.I64Extend8S or Opcode.I64Extend16S or Opcode.I64Extend32S
                    or Opcode.I32Store8 or Opcode.I32Store16 or Opcode.I64Store8 or Opcode.I64Store16 or Opcode.I64Store32
                    or Opcode.I8x16ExtractLaneS or Opcode.I8x16ExtractLaneU or Opcode.I16x8ExtractLaneS
                    or Opcode.I16x8ExtractLaneU or Opcode.I32x4ExtractLane or Opcode.I64x2ExtractLane
                    or Opcode.F32x4ExtractLane or Opcode.F64x2ExtractLane or Opcode.V128And:
                    return true;
                case Opcode.End or Opcode.Else or Opcode.Br or Opcode.Return or Opcode.Unreachable or Opcode.BrTable:
                    return false;
                default:
                    reader.SkipImmediates(OpcodeTable.Get(opcode));
                    break;
            }
        }
        return false;
    }
}

using System.Reflection.Metadata;
using TensorWasm.Wasm;

namespace TensorWasm.Engine.Compilation;

/// <content>
/// RyuJIT of .NET 10 believes that a rotation by a constant sets the processor's zero flag, which it does not: a rotated
/// value that is compared with 0 takes the flag of whatever came before. So a rotation that may reach a comparison as it
/// is passes through an operation that does set the flag, and that RyuJIT can't remove.
/// </content>
internal sealed partial class FunctionCompiler
{
    /// <summary>
    /// How many instructions on a comparison may take the value: RyuJIT substitutes a value into the next statement only.
    /// </summary>
    private const int RotationReach = 6;

    private bool _shiftsLeft;
    private bool _shiftsRight;

    /// <summary>Called after an instruction was translated, with the reader behind it.</summary>
    private void KeepRotationFromTests(Opcode opcode, CodeReader reader)
    {
        switch (opcode)
        {
            case Opcode.I32Shl or Opcode.I64Shl:
                _shiftsLeft = true;
                return;
            case Opcode.I32ShrU or Opcode.I64ShrU:
                _shiftsRight = true;
                return;
            case Opcode.I32Rotl or Opcode.I32Rotr or Opcode.I64Rotl or Opcode.I64Rotr:
                break;

            // Two shifts that are joined are a rotation, too, in RyuJIT's eyes.
            case Opcode.I32Or or Opcode.I32Xor or Opcode.I64Or or Opcode.I64Xor when _shiftsLeft && _shiftsRight:
                break;
            default:
                return;
        }
        if (!MayReachTest(reader)) return;
        LoadContext();
        _il.Field(ILOpCode.Ldfld, _references.Field(Peek() == ValueKind.I64 ? Members.NoBits64 : Members.NoBits32));
        _il.Op(ILOpCode.Or);
    }

    private static bool MayReachTest(CodeReader reader)
    {
        var afterwards = reader;
        return afterwards.ReadOpcode() == Opcode.LocalSet
            ? MayReachTestThrough(afterwards.ReadU32(), afterwards)
            : MayReachTestOnStack(reader);
    }

    /// <summary>Whether a local that was just set may be tested before other code stands between.</summary>
    private static bool MayReachTestThrough(uint local, CodeReader reader)
    {
        for (var i = 0; i < RotationReach && !reader.AtEnd; i++)
        {
            var opcode = reader.ReadOpcode();
            if (opcode is Opcode.LocalGet)
            {
                if (reader.ReadU32() == local) return MayReachTestOnStack(reader);
                continue;
            }
            reader.SkipImmediates(OpcodeTable.Get(opcode));
        }
        return false;
    }

    private static bool MayReachTestOnStack(CodeReader reader)
    {
        for (var i = 0; i < RotationReach; i++)
        {
            var opcode = reader.ReadOpcode();
            switch (opcode)
            {
                // What takes the value first, and leaves another one.
                case Opcode.I32Add or Opcode.I32Sub or Opcode.I32Mul or Opcode.I32And or Opcode.I32Or or Opcode.I32Xor
                    or Opcode.I64Add or Opcode.I64Sub or Opcode.I64Mul or Opcode.I64And or Opcode.I64Or or Opcode.I64Xor when i == 0:
                    return false;
                case Opcode.LocalGet or Opcode.LocalSet or Opcode.LocalTee or Opcode.I32Const or Opcode.I64Const
                    or Opcode.I32Add or Opcode.I32Sub or Opcode.I32Mul or Opcode.I32And or Opcode.I32Or or Opcode.I32Xor
                    or Opcode.I64Add or Opcode.I64Sub or Opcode.I64Mul or Opcode.I64And or Opcode.I64Or or Opcode.I64Xor
                    or Opcode.I32Rotl or Opcode.I32Rotr or Opcode.I64Rotl or Opcode.I64Rotr
                    or Opcode.I32Shl or Opcode.I32ShrU or Opcode.I64Shl or Opcode.I64ShrU
                    or Opcode.I32Store or Opcode.I64Store or Opcode.I32Load or Opcode.I64Load:
                    reader.SkipImmediates(OpcodeTable.Get(opcode));
                    break;
                default:
                    return true;
            }
        }
        return false;
    }
}

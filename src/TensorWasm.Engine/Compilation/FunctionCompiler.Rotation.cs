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

    /// <summary>
    /// By how much values are shifted in this function, bit by bit, i32 and i64; all bits are set where it is computed.
    /// </summary>
    private readonly ulong[] _shiftsLeft = new ulong[2], _shiftsRight = new ulong[2];

    /// <summary>Called after an instruction was translated, with the reader behind it.</summary>
    private void KeepRotationFromTests(Opcode opcode, CodeReader reader)
    {
        switch (opcode)
        {
            case Opcode.I32Shl or Opcode.I64Shl:
                NoteShift(_shiftsLeft, opcode == Opcode.I64Shl);
                return;
            case Opcode.I32ShrU or Opcode.I64ShrU:
                NoteShift(_shiftsRight, opcode == Opcode.I64ShrU);
                return;
            case Opcode.I32Rotl or Opcode.I32Rotr or Opcode.I64Rotl or Opcode.I64Rotr:
                break;

            // Two shifts that are joined are a rotation, too, in RyuJIT's eyes.
            case Opcode.I32Or or Opcode.I32Xor when MayJoinToRotation(false):
                break;
            case Opcode.I64Or or Opcode.I64Xor when MayJoinToRotation(true):
                break;
            default:
                return;
        }
        if (!MayReachTest(reader)) return;
        LoadContext();
        _il.Field(ILOpCode.Ldfld, _references.Field(Peek() == ValueKind.I64 ? Members.NoBits64 : Members.NoBits32));
        _il.Op(ILOpCode.Or);
    }

    private void NoteShift(ulong[] shifts, bool is64)
    {
        var bits = is64 ? 64 : 32;
        shifts[is64 ? 1 : 0] |= _recent.Constant is { } amount ? 1UL << (int)(amount & (bits - 1)) : ulong.MaxValue;
    }

    /// <summary>Whether there is a shift to the left and one to the right that together are as wide as the value.</summary>
    private bool MayJoinToRotation(bool is64)
    {
        var left = _shiftsLeft[is64 ? 1 : 0];
        var right = _shiftsRight[is64 ? 1 : 0];
        var bits = is64 ? 64 : 32;
        for (var amount = 1; amount < bits; amount++)
        {
            if ((left >> amount & right >> (bits - amount) & 1) != 0) return true;
        }
        return false;
    }

    /// <summary>
    /// Whether the value that was just pushed may be tested before other code stands between. Through one local at most:
    /// a value that goes on into another one is taken for one that is tested.
    /// </summary>
    private static bool MayReachTest(CodeReader reader, bool isFromLocal = false)
    {
        // Operands above the value.
        var above = 0;
        for (var i = 0; i < RotationReach; i++)
        {
            var opcode = reader.ReadOpcode();
            switch (opcode)
            {
                case Opcode.LocalGet or Opcode.I32Const or Opcode.I64Const:
                    reader.SkipImmediates(OpcodeTable.Get(opcode));
                    above++;
                    break;
                case Opcode.LocalSet or Opcode.LocalTee:
                    var local = reader.ReadU32();
                    if (above == 0 && (isFromLocal || MayReachTestThrough(local, reader))) return true;
                    if (opcode == Opcode.LocalSet && above-- == 0) return false;
                    break;
                case Opcode.ReturnCall or Opcode.ReturnCallIndirect or Opcode.ReturnCallRef:
                    // RyuJIT inlines no tail call.
                    return false;
                default:
                    var info = OpcodeTable.Get(opcode);
                    if (!info.IsSimple || info.Immediate is not (ImmediateKind.None or ImmediateKind.MemoryArgument)) return true;
                    reader.SkipImmediates(info);
                    if (info.Operands.Length <= above)
                    {
                        above += info.Results.Length - info.Operands.Length;
                        break;
                    }

                    // It takes the value, and may leave it as it is where the other operand is a constant.
                    if (info.Immediate == ImmediateKind.MemoryArgument) return false;
                    if (!KeepsValue(opcode)) return true;
                    above = 0;
                    break;
            }
        }
        return false;
    }

    /// <summary>Whether a local that was just set may be tested before other code stands between.</summary>
    private static bool MayReachTestThrough(uint local, CodeReader reader)
    {
        for (var i = 0; i < RotationReach && !reader.AtEnd; i++)
        {
            var opcode = reader.ReadOpcode();
            if (opcode is Opcode.LocalGet)
            {
                if (reader.ReadU32() == local) return MayReachTest(reader, isFromLocal: true);
                continue;
            }
            reader.SkipImmediates(OpcodeTable.Get(opcode));
        }
        return false;
    }

    /// <summary>Whether an instruction computes with its operands, and does not test them.</summary>
    private static bool KeepsValue(Opcode opcode) =>
        opcode is Opcode.I32Add or Opcode.I32Sub or Opcode.I32Mul or Opcode.I32And or Opcode.I32Or or Opcode.I32Xor
            or Opcode.I64Add or Opcode.I64Sub or Opcode.I64Mul or Opcode.I64And or Opcode.I64Or or Opcode.I64Xor
            or Opcode.I32Rotl or Opcode.I32Rotr or Opcode.I64Rotl or Opcode.I64Rotr
            or Opcode.I32Shl or Opcode.I32ShrU or Opcode.I64Shl or Opcode.I64ShrU;
}

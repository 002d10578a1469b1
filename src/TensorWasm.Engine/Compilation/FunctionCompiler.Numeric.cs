using System.Reflection.Metadata;
using TensorWasm.Engine.CompilerServices;
using TensorWasm.Wasm;

namespace TensorWasm.Engine.Compilation;

/// <content>Numeric instructions (section 4.6.1): each is a few CIL instructions, or a call of its helper.</content>
internal sealed partial class FunctionCompiler
{
    private void CompileNumeric(OpcodeInfo info)
    {
        var operands = info.Operands.Length;
        Need(operands);
        HideIdentities(info.Opcode);
        if (!EmitInline(info.Opcode)) CallHelper(HelperTable.Get(info.Opcode));
        Pop(operands);
        if (info.Results.Length > 0) Push(KindOf(info.Results[0]));
    }

    private static ValueKind KindOf(char letter) => letter switch
    {
        'i' => ValueKind.I32,
        'l' => ValueKind.I64,
        'f' => ValueKind.F32,
        'd' => ValueKind.F64,
        _ => ValueKind.V128,
    };

    private bool EmitInline(Opcode opcode)
    {
        var sequence = NumericTable.Inline(opcode);
        if (sequence.Length > 0)
        {
            foreach (var code in sequence) _il.Op(code);
            return true;
        }
        switch (opcode)
        {
            case Opcode.I64Eqz:
                _il.Op(ILOpCode.Ldc_i4_0);
                _il.Op(ILOpCode.Conv_i8);
                _il.Op(ILOpCode.Ceq);
                return true;
            case Opcode.I32Shl or Opcode.I32ShrS or Opcode.I32ShrU:
                EmitShift(opcode switch
                {
                    Opcode.I32Shl => ILOpCode.Shl,
                    Opcode.I32ShrS => ILOpCode.Shr,
                    _ => ILOpCode.Shr_un,
                }, 31);
                return true;
            case Opcode.I64Shl or Opcode.I64ShrS or Opcode.I64ShrU:
                _il.Op(ILOpCode.Conv_i4);
                EmitShift(opcode switch
                {
                    Opcode.I64Shl => ILOpCode.Shl,
                    Opcode.I64ShrS => ILOpCode.Shr,
                    _ => ILOpCode.Shr_un,
                }, 63);
                return true;
            case Opcode.F32ReinterpretI32:
                // RyuJIT reads four bytes where the operand is a load of one or two that it zero-extends.
                LoadContext();
                _il.Field(ILOpCode.Ldfld, _references.Field(Members.NoBits32));
                _il.Op(ILOpCode.Or);
                CallHelper(HelperTable.Get(opcode));
                return true;
            case Opcode.I64Rotl or Opcode.I64Rotr:
                _il.Op(ILOpCode.Conv_i4);
                CallHelper(HelperTable.Get(opcode));
                return true;
            case Opcode.I64Clz or Opcode.I64Ctz or Opcode.I64Popcnt:
                CallHelper(HelperTable.Get(opcode));
                _il.Op(ILOpCode.Conv_i8);
                return true;
            default:
                if (!VectorIntrinsics.TryGet(opcode, out var row)) return false;
                row.Emit(_il, _references);
                return true;
        }
    }

    private void EmitShift(ILOpCode shift, int mask)
    {
        _il.LdcI4(mask);
        _il.Op(ILOpCode.And);
        _il.Op(shift);
    }

    /// <summary>
    /// RyuJIT takes x * 1, x / 1, x - 0 and the like for x, which leaves a signalling NaN as it is, where the
    /// specification wants it quiet. So such a constant becomes a local whose value RyuJIT does not know.
    /// </summary>
    private void HideIdentities(Opcode opcode)
    {
        if (_identities.Count == 0) return;
        switch (opcode)
        {
            case Opcode.F32Add or Opcode.F64Add or Opcode.F32Sub or Opcode.F64Sub:
                HideIdentity(_stack.Count - 1, 0);
                HideIdentity(_stack.Count - 2, 0);
                break;
            case Opcode.F32Mul or Opcode.F64Mul:
                HideIdentity(_stack.Count - 1, 1);
                HideIdentity(_stack.Count - 2, 1);
                break;
            case Opcode.F32Div or Opcode.F64Div:
                HideIdentity(_stack.Count - 1, 1);
                break;
        }
    }

    private void HideIdentity(int position, double magnitude)
    {
        if (!_identities.TryGetValue(position, out var constant) || Math.Abs(constant.Value) != magnitude) return;
        _identities.Remove(position);
        var key = (constant.Kind, BitConverter.DoubleToInt64Bits(constant.Value));
        if (!_hidden.TryGetValue(key, out var local)) _hidden[key] = local = NewLocal(ClrTypes.Of(constant.Kind));
        _il.ReplaceConstant(constant.Code, constant.Kind == ValueKind.F32 ? 5 : 9, local);
    }

    private void NoteIdentity(ValueKind kind, double value)
    {
        if (value is 0 or 1 or -1) _identities[_stack.Count] = (_il.Length, kind, value);
    }

    private void EmitHidden(ValueKind kind, long bits, int local)
    {
        var value = BitConverter.Int64BitsToDouble(bits);
        LoadContext();
        _il.Field(ILOpCode.Ldfld, _references.Field(Members.Identity(kind, value)));
        _il.Stloc(local);
    }

    /// <summary>A constant; one that is not a number must not be seen by RyuJIT, which would make it quiet.</summary>
    private void EmitF32(uint bits)
    {
        NoteIdentity(ValueKind.F32, BitConverter.UInt32BitsToSingle(bits));
        if (float.IsNaN(BitConverter.UInt32BitsToSingle(bits)))
        {
            _il.LdcI4((int)bits);
            CallHelper(Members.Method(typeof(OpaqueConstants), nameof(OpaqueConstants.F32Bits)));
        }
        else
        {
            _il.LdcR4(bits);
        }
    }

    private void EmitF64(ulong bits)
    {
        NoteIdentity(ValueKind.F64, BitConverter.UInt64BitsToDouble(bits));
        if (double.IsNaN(BitConverter.UInt64BitsToDouble(bits)))
        {
            _il.LdcI8((long)bits);
            CallHelper(Members.Method(typeof(OpaqueConstants), nameof(OpaqueConstants.F64Bits)));
        }
        else
        {
            _il.LdcR8(bits);
        }
    }
}

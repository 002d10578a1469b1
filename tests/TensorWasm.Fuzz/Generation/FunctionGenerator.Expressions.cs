using TensorWasm.Wasm;

namespace TensorWasm.Fuzz;

/// <content>Expressions: code that leaves one value.</content>
internal sealed partial class FunctionGenerator
{
    private const uint CanonicalSingle = 0x7FC00000;
    private const ulong CanonicalDouble = 0x7FF8000000000000;

    /// <summary>Leaves one value of a type.</summary>
    /// <param name="type">The type's letter.</param>
    /// <param name="depth">How deep its operands may nest.</param>
    /// <param name="anyNaN">Whether the user of the value can't tell NaNs of different payloads apart.</param>
    private void Expression(char type, int depth, bool anyNaN = false)
    {
        var start = _code.Length;
        var omitted = depth > 0 && _module.Omits();
        EmitExpression(type, depth, anyNaN);
        if (!omitted) return;
        Remove(start);
        WriteZero(type);
    }

    private void WriteZero(char type)
    {
        if (type == 'v')
        {
            Op(Opcode.V128Const);
            for (var i = 0; i < 2; i++) _code.Fixed64(0);
            return;
        }
        _code.Bytes(type switch
        {
            'i' => [0x41, 0],
            'l' => [0x42, 0],
            'f' => [0x43, 0, 0, 0, 0],
            'd' => [0x44, 0, 0, 0, 0, 0, 0, 0, 0],
            _ => [0xD0, 0x70],
        });
    }

    private void EmitExpression(char type, int depth, bool anyNaN)
    {
        if (type == 'r')
        {
            Reference(depth);
            return;
        }
        if (depth <= 0 || _choices.OneIn(5))
        {
            Leaf(type);
            return;
        }
        switch (_choices.Below(16))
        {
            case 0:
                Load(type, depth);
                break;
            case 1:
                Expression(type, depth - 1);
                Expression(type, depth - 1);
                Expression('i', depth - 1);
                Op(Opcode.Select);
                break;
            case 2:
                ValueBlock(type, depth);
                break;
            case 3 when Local(type) is var local and >= 0:
                Expression(type, depth - 1);
                Op(Opcode.LocalTee, local);
                break;
            case 4 when Instructions.Lane.TryGetValue(type, out var lanes) && lanes.Length > 0:
                var lane = _choices.Of(lanes);
                foreach (var operand in lane.Operands) Expression(operand, depth - 1);
                Op(lane.Opcode);
                _code.Byte((byte)_choices.Below(lane.Argument));
                break;
            case 5 when type == 'v':
                Expression('v', depth - 1);
                Expression('v', depth - 1);
                Op(Opcode.I8x16Shuffle);
                for (var i = 0; i < 16; i++) _code.Byte((byte)_choices.Below(32));
                break;
            case 5 when type == 'i' && _choices.OneIn(2):
                Query(depth);
                break;
            default:
                Numeric(_choices.Of(Instructions.Numeric[type]), depth, anyNaN);
                break;
        }
    }

    private void Leaf(char type)
    {
        var way = _choices.Below(8);
        if (way < 5 && Local(type) is var local and >= 0)
        {
            Op(Opcode.LocalGet, local);
        }
        else if (way == 5 && Global(type) is var global and >= 0)
        {
            Op(Opcode.GlobalGet, global);
        }
        else
        {
            _constants.Write(type);
        }
    }

    private void Load(char type, int depth)
    {
        var memory = _choices.Below(_module.Memories.Count);
        var row = _choices.Of(Instructions.Load[type]);

        // A value that is not used in the end may be read in part: then a guard page sees no access across the end.
        Address(memory, depth - 1, mayStraddle: false);
        Op(row.Opcode);
        MemoryArgument(memory, row.Argument);
    }

    /// <summary>A value out of a block, an if, or a block that is left early.</summary>
    private void ValueBlock(char type, int depth)
    {
        if (_choices.OneIn(2))
        {
            Expression('i', depth - 1);
            Op(Opcode.If);
            BlockType("", type.ToString());
            _labels.Add(type.ToString());
            Expression(type, depth - 1);
            Op(Opcode.Else);
            Expression(type, depth - 1);
        }
        else
        {
            Op(Opcode.Block);
            BlockType("", type.ToString());
            _labels.Add(type.ToString());

            // Values below the branch's operand, which the branch drops.
            var below = _choices.Below(3);
            var types = Letters(2);
            if (below > 0) foreach (var dropped in types) Expression(dropped, 1);
            Expression(type, depth - 1);
            Expression('i', depth - 1);
            Op(Opcode.BrIf, 0);
            if (below > 0 && types.Length > 0)
            {
                Op(Opcode.Br, 0);
            }
            else
            {
                Op(Opcode.Drop);
                Expression(type, depth - 1);
            }
        }
        Op(Opcode.End);
        _labels.RemoveAt(_labels.Count - 1);
    }

    /// <summary>What a guest can ask about memories, tables and references.</summary>
    private void Query(int depth)
    {
        switch (_choices.Below(3))
        {
            case 0:
                var memory = _choices.Below(_module.Memories.Count);
                Op(Opcode.MemorySize, memory);
                if (_module.Memories[memory].Is64) Op(Opcode.I32WrapI64);
                break;
            case 1:
                Op(Opcode.TableSize, 0);
                break;
            default:
                Reference(depth - 1);
                Op(Opcode.RefIsNull);
                break;
        }
    }

    private void Reference(int depth)
    {
        switch (_choices.Below(5))
        {
            case 0:
                Op(Opcode.RefFunc, _choices.Below(_module.Functions.Count));
                break;
            case 1 when depth > 0:
                Small(false, 7);
                Op(Opcode.TableGet, 0);
                break;
            case 2 when Local('r') is var local and >= 0:
                Op(Opcode.LocalGet, local);
                break;
            case 3 when depth > 0:
                Reference(depth - 1);
                Reference(depth - 1);
                Expression('i', depth - 1);
                _code.Bytes([0x1C, 1, 0x70]);
                break;
            default:
                _code.Bytes([0xD0, 0x70]);
                break;
        }
    }

    private void Numeric(OpcodeInfo row, int depth, bool anyNaN)
    {
        // Instructions that trap are rare in what is made, or little else would run.
        if (Instructions.MayTrap(row) && !Instructions.IsDivision(row) && !_choices.OneIn(8))
        {
            Leaf(row.Results[0]);
            return;
        }
        var blind = Instructions.IsBlindToPayload(row) && row.Results[0] is 'i' or 'l' || Instructions.NaNOf(row) != ' ';
        for (var i = 0; i < row.Operands.Length; i++) Expression(row.Operands[i], depth - 1, blind);
        if (Instructions.IsDivision(row) && !_choices.OneIn(12))
        {
            // An odd divisor is not 0.
            var is64 = row.Results[0] == 'l';
            _code.Opcode(is64 ? Opcode.I64Const : Opcode.I32Const);
            _code.Signed(1);
            Op(is64 ? Opcode.I64Or : Opcode.I32Or);
        }
        Op(row.Opcode);
        if (row.Results[0] == 'v' || !anyNaN) Canonicalize(Instructions.NaNOf(row), row.Results[0]);
    }

    /// <summary>Replaces NaNs of the value on top of the stack, whatever their payload, by the canonical one.</summary>
    private void Canonicalize(char lane, char type)
    {
        if (lane == ' ') return;
        var value = Temporary(type);
        Op(Opcode.LocalTee, value);
        if (type == 'v')
        {
            Op(Opcode.V128Const);
            for (var i = 0; i < 2; i++) _code.Fixed64(lane == 'd' ? CanonicalDouble : CanonicalSingle | (ulong)CanonicalSingle << 32);
        }
        else if (lane == 'd')
        {
            Op(Opcode.F64Const);
            _code.Fixed64(CanonicalDouble);
        }
        else
        {
            Op(Opcode.F32Const);
            _code.Fixed32(CanonicalSingle);
        }
        Op(Opcode.LocalGet, value);
        Op(Opcode.LocalGet, value);
        Op((type, lane) switch
        {
            ('v', 'd') => Opcode.F64x2Eq,
            ('v', _) => Opcode.F32x4Eq,
            (_, 'd') => Opcode.F64Eq,
            _ => Opcode.F32Eq,
        });
        Op(type == 'v' ? Opcode.V128Bitselect : Opcode.Select);
    }
}

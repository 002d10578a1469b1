using TensorWasm.Wasm;

namespace TensorWasm.Fuzz;

/// <content>Statements on memories and tables.</content>
internal sealed partial class FunctionGenerator
{
    private void Store()
    {
        var memory = _choices.Below(_module.Memories.Count);
        if (_choices.OneIn(8))
        {
            var row = _choices.Of(Instructions.LaneAccesses);
            Address(memory, 2);
            Expression('v', 3);
            Op(row.Opcode);
            MemoryArgument(memory, row.Argument);
            _code.Byte((byte)_choices.Below(16 / row.Argument));
            if (row.Results.Length > 0) Pop('v');
            return;
        }
        var store = _choices.Of(Instructions.Stores);
        Address(memory, 3);
        Expression(store.Operands[1], 4);
        Op(store.Opcode);
        MemoryArgument(memory, store.Argument);
    }

    /// <summary>
    /// Accesses near each other at one address, some with their result dropped: what a compiler may merge or remove.
    /// </summary>
    private void Pair()
    {
        var memory = _choices.Below(_module.Memories.Count);
        var type = _module.Memories[memory].Is64 ? 'l' : 'i';
        var address = Temporary(type);
        Address(memory, 2);
        Op(Opcode.LocalSet, address);
        for (var i = 2 + _choices.Below(2); i > 0; i--)
        {
            var isStore = _choices.OneIn(4);
            var row = isStore
                ? _choices.Of(Instructions.Stores)
                : _choices.Of(Instructions.Load[_choices.Of("ilfdv")]);
            Op(Opcode.LocalGet, address);
            if (isStore) _constants.Write(row.Operands[1]);
            Op(row.Opcode);
            MemoryArgument(memory, row.Argument);
            if (isStore) continue;
            if (_choices.OneIn(2)) Op(Opcode.Drop);
            else Pop(row.Results[0]);
        }
    }

    /// <summary>An address, mostly within the first page or at the end of the last.</summary>
    private void Address(int memory, int depth, bool mayStraddle = true)
    {
        var is64 = _module.Memories[memory].Is64;
        var type = is64 ? 'l' : 'i';
        if (mayStraddle && _choices.OneIn(12))
        {
            // The last bytes of a page, which may be the last page.
            _code.Opcode(is64 ? Opcode.I64Const : Opcode.I32Const);
            _code.Signed((1 + _choices.Below(3)) * 65_536 - _choices.Below(40));
            return;
        }
        Expression(type, depth);
        if (_choices.OneIn(30)) return;
        _code.Opcode(is64 ? Opcode.I64Const : Opcode.I32Const);
        _code.Signed(_choices.OneIn(4) ? 0xFF : 0x7FFF);
        Op(is64 ? Opcode.I64And : Opcode.I32And);
    }

    private void MemoryArgument(int memory, int natural)
    {
        var alignment = _choices.Below(System.Numerics.BitOperations.Log2((uint)natural) + 1);
        _code.Byte((byte)(alignment | (memory > 0 ? 0x40 : 0)));
        if (memory > 0) _code.Index(memory);
        _code.Unsigned(_choices.Below(40) switch
        {
            0 => uint.MaxValue,
            1 => (ulong)_choices.Below(140_000),
            2 when _module.Memories[memory].Is64 => _choices.Bits(),
            <= 12 => (ulong)_choices.Below(0x100),
            _ => (ulong)_choices.Below(16),
        });
    }

    /// <summary>A size, offset or address for a bulk instruction: small, since most would be out of bounds.</summary>
    private void Small(bool is64, int bound)
    {
        Expression(is64 ? 'l' : 'i', 1);
        if (_choices.OneIn(40)) return;
        _code.Opcode(is64 ? Opcode.I64Const : Opcode.I32Const);
        _code.Signed(bound);
        Op(is64 ? Opcode.I64And : Opcode.I32And);
    }

    private void Bulk()
    {
        var memory = _choices.Below(_module.Memories.Count);
        var is64 = _module.Memories[memory].Is64;
        switch (_choices.Below(6))
        {
            case 0:
                Small(is64, 1);
                Op(Opcode.MemoryGrow, memory);
                Pop(is64 ? 'l' : 'i');
                break;
            case 1:
                var segment = _choices.Below(_module.DataSegments);
                Address(memory, 1);
                Small(false, 0x7F);
                Small(false, 0x3F);
                Op(Opcode.MemoryInit, segment);
                _code.Index(memory);
                break;
            case 2 when _choices.OneIn(3):
                Op(Opcode.DataDrop, _choices.Below(_module.DataSegments));
                break;
            case 3:
                Address(memory, 1);
                Expression('i', 2);
                Small(is64, 0x1FFF);
                Op(Opcode.MemoryFill, memory);
                break;
            default:
                var source = _choices.Below(_module.Memories.Count);
                var from64 = _module.Memories[source].Is64;
                Address(memory, 1);
                Address(source, 1);
                Small(is64 && from64, 0x3FFF);
                Op(Opcode.MemoryCopy, memory);
                _code.Index(source);
                break;
        }
    }

    private void TableStatement()
    {
        switch (_choices.Below(6))
        {
            case 0:
                Expression('r', 1);
                Small(false, 3);
                Op(Opcode.TableGrow, 0);
                Pop('i');
                break;
            case 1:
                Small(false, 0xF);
                Expression('r', 1);
                Small(false, 3);
                Op(Opcode.TableFill, 0);
                break;
            case 2:
                Small(false, 7);
                Small(false, 7);
                Small(false, 7);
                Op(Opcode.TableCopy, 0);
                _code.Index(0);
                break;
            case 3:
                Small(false, 7);
                Small(false, 3);
                Small(false, 3);
                Op(Opcode.TableInit, 1);
                _code.Index(0);
                break;
            case 4 when _choices.OneIn(6):
                Op(Opcode.ElemDrop, 1);
                break;
            default:
                Small(false, 0xF);
                Expression('r', 2);
                Op(Opcode.TableSet, 0);
                break;
        }
    }
}

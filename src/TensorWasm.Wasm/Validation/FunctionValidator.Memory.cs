using System.Numerics;

namespace TensorWasm.Wasm;

/// <content>Memories, tables, globals and segments (sections 3.4.4 to 3.4.6).</content>
internal sealed partial class FunctionValidator
{
    private const int LastPlainMemoryFlags = 0x3F;

    /// <summary>The address type of a memory.</summary>
    private StackType Memory(uint index) =>
        index < (uint)_spaces.Memories.Length ? _spaces.Memories[index] : throw Invalid($"unknown memory {index}");

    private (StackType Element, StackType Address) Table(uint index) =>
        index < (uint)_spaces.Tables.Length ? _spaces.Tables[index] : throw Invalid($"unknown table {index}");

    private (StackType Type, bool IsMutable) Global(uint index)
    {
        if (index >= (uint)_spaces.Globals.Length || (_isConstant && index >= (uint)_visibleGlobals))
        {
            throw Invalid($"unknown global {index}");
        }
        var global = _spaces.Globals[index];
        if (_isConstant && global.IsMutable) throw Invalid("constant expression required");
        return global;
    }

    private StackType Element(uint index) =>
        index < (uint)_spaces.Elements.Length ? _spaces.Elements[index] : throw Invalid($"unknown elem segment {index}");

    private void CheckData(uint index)
    {
        if (_context.Module.DataCount is not { } count) throw Malformed("data count section required");
        if (index >= (uint)count) throw Invalid($"unknown data segment {index}");
    }

    /// <summary>A load or a store.</summary>
    private void Access(ref CodeReader reader, in TypingRule rule)
    {
        var flags = reader.PeekByte();
        var memory = 0U;
        if (flags <= LastPlainMemoryFlags)
        {
            reader.Position++;
        }
        else
        {
            InstructionSkipper.ReadMemoryArgumentHead(ref reader, out var alignment, out memory);
            flags = (byte)alignment;
        }
        var offset = reader.PeekByte() < 0x80 ? reader.ReadByte() : reader.ReadU64();
        var address = Memory(memory);
        if (flags > BitOperations.Log2(rule.Argument))
        {
            throw Invalid("alignment must not be larger than natural");
        }
        if (offset > uint.MaxValue && address == StackType.I32) throw Invalid("offset out of range");
        if (rule.Immediate == (byte)ImmediateKind.MemoryArgumentLane) CheckLane(reader.ReadByte(), 16 / rule.Argument);
        if (rule.Pops > 0) Pop((StackType)rule.Last);
        Pop(address);
        if (rule.Result != 0) Push((StackType)rule.Result);
    }

    private void ValidateBulk(ref CodeReader reader, Opcode opcode)
    {
        switch (opcode)
        {
            case Opcode.MemoryInit:
                var data = reader.ReadU32();
                var initialized = Memory(reader.ReadU32());
                CheckData(data);
                PopThree(initialized, StackType.I32, StackType.I32);
                break;
            case Opcode.DataDrop:
                CheckData(reader.ReadU32());
                break;
            case Opcode.MemoryCopy:
                var to = Memory(reader.ReadU32());
                var from = Memory(reader.ReadU32());
                PopThree(to, from, Narrower(to, from));
                break;
            case Opcode.MemoryFill:
                var filled = Memory(reader.ReadU32());
                PopThree(filled, StackType.I32, filled);
                break;
            case Opcode.TableInit:
                var element = reader.ReadU32();
                var table = Table(reader.ReadU32());
                var elementType = Element(element);
                CheckElements(elementType, table.Element);
                PopThree(table.Address, StackType.I32, StackType.I32);
                break;
            case Opcode.ElemDrop:
                Element(reader.ReadU32());
                break;
            case Opcode.TableCopy:
                var destination = Table(reader.ReadU32());
                var source = Table(reader.ReadU32());
                CheckElements(source.Element, destination.Element);
                PopThree(destination.Address, source.Address, Narrower(destination.Address, source.Address));
                break;
            case Opcode.TableGrow:
                var grown = Table(reader.ReadU32());
                Pop(grown.Address);
                Pop(grown.Element);
                Push(grown.Address);
                break;
            case Opcode.TableSize:
                Push(Table(reader.ReadU32()).Address);
                break;
            case Opcode.TableFill:
                var range = Table(reader.ReadU32());
                PopThree(range.Address, range.Element, range.Address);
                break;
            default:
                throw new InvalidOperationException($"no rule for {opcode}");
        }
    }

    private void PopThree(StackType first, StackType second, StackType third)
    {
        Pop(third);
        Pop(second);
        Pop(first);
    }

    private void CheckElements(StackType source, StackType destination)
    {
        if (!_context.Matches(source, destination))
        {
            throw Invalid(
                $"type mismatch: elements of type {source.ToValueType()} do not match {destination.ToValueType()}");
        }
    }

    // A length must fit both sides.
    private static StackType Narrower(StackType left, StackType right) =>
        left == StackType.I32 || right == StackType.I32 ? StackType.I32 : StackType.I64;
}

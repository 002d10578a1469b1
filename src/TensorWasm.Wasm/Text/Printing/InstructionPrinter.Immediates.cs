using System.Buffers.Binary;
using System.Globalization;

namespace TensorWasm.Wasm.Text;

/// <content>Immediates, by the opcode table.</content>
internal sealed partial class InstructionPrinter
{
    private void Immediates(OpcodeInfo row, ref CodeReader reader)
    {
        switch (row.Immediate)
        {
            case ImmediateKind.None:
                break;
            case ImmediateKind.BlockType or ImmediateKind.TryTable:
                Block(row, ref reader);
                break;
            case ImmediateKind.Label:
                Word(Label(reader.ReadU32()));
                break;
            case ImmediateKind.LabelTable:
                for (var count = (ulong)reader.ReadU32() + 1; count > 0; count--) Word(Label(reader.ReadU32()));
                break;
            case ImmediateKind.SelectTypes:
                output.Write(" (result");
                for (var count = reader.ReadU32(); count > 0; count--) Word(types.Value(reader.ReadValueType()));
                output.Write(')');
                break;
            case ImmediateKind.MemoryArgument or ImmediateKind.MemoryArgumentLane:
                MemoryArgument(row, ref reader);
                break;
            case ImmediateKind.Lane:
                Word(Number(reader.ReadByte()));
                break;
            case ImmediateKind.Shuffle:
                foreach (var lane in reader.ReadBytes(16)) Word(Number(lane));
                break;
            case ImmediateKind.HeapType:
                HeapType(row.Opcode, reader.ReadHeapType());
                break;
            case ImmediateKind.CastBranch:
                CastBranch(ref reader);
                break;
            case ImmediateKind.I32:
                Word(reader.ReadS32().ToString(CultureInfo.InvariantCulture));
                break;
            case ImmediateKind.I64:
                Word(reader.ReadS64().ToString(CultureInfo.InvariantCulture));
                break;
            case ImmediateKind.F32:
                Word(FloatPrinter.F32(reader.ReadF32Bits()));
                break;
            case ImmediateKind.F64:
                Word(FloatPrinter.F64(reader.ReadF64Bits()));
                break;
            case ImmediateKind.V128:
                Vector(reader.ReadBytes(16));
                break;
            default:
                Indices(row.Immediate, ref reader);
                break;
        }
    }

    private void Indices(ImmediateKind kind, ref CodeReader reader)
    {
        var first = reader.ReadU32();
        switch (kind)
        {
            case ImmediateKind.LocalIndex:
                Word(_locals is null ? Number(first) : _locals[first]);
                break;
            case ImmediateKind.GlobalIndex:
                Word(ids.Globals[first]);
                break;
            case ImmediateKind.FunctionIndex:
                Word(ids.Functions[first]);
                break;
            case ImmediateKind.TypeIndex:
                Word(types.Types[first]);
                break;
            case ImmediateKind.TagIndex:
                Word(ids.Tags[first]);
                break;
            case ImmediateKind.TableIndex:
                Word(ids.Tables[first]);
                break;
            case ImmediateKind.MemoryIndex:
                if (first != 0) Word(ids.Memories[first]);
                break;
            case ImmediateKind.ElementIndex:
                Word(ids.Elements[first]);
                break;
            case ImmediateKind.DataIndex:
                Word(ids.Data[first]);
                break;
            default:
                Pair(kind, first, reader.ReadU32());
                break;
        }
    }

    private void Pair(ImmediateKind kind, uint first, uint second)
    {
        switch (kind)
        {
            case ImmediateKind.TypeAndTable:
                if (second != 0) Word(ids.Tables[second]);
                output.Write($" (type {types.Types[first]})");
                break;
            case ImmediateKind.DataAndMemory:
                if (second != 0) Word(ids.Memories[second]);
                Word(ids.Data[first]);
                break;
            case ImmediateKind.ElementAndTable:
                if (second != 0) Word(ids.Tables[second]);
                Word(ids.Elements[first]);
                break;
            case ImmediateKind.MemoryAndMemory:
                if ((first | second) != 0) Words(ids.Memories[first], ids.Memories[second]);
                break;
            case ImmediateKind.TableAndTable:
                if ((first | second) != 0) Words(ids.Tables[first], ids.Tables[second]);
                break;
            default:
                Words(types.Types[first], kind switch
                {
                    ImmediateKind.TypeAndField => types.Field(first, second),
                    ImmediateKind.TypeAndCount => Number(second),
                    ImmediateKind.TypeAndData => ids.Data[second],
                    ImmediateKind.TypeAndElement => ids.Elements[second],
                    ImmediateKind.TypeAndType => types.Types[second],
                    _ => throw new InvalidOperationException($"no text for immediates of kind {kind}"),
                });
                break;
        }
    }

    private void Word(string word)
    {
        output.Write(' ');
        output.Write(word);
    }

    private void Words(string first, string second)
    {
        Word(first);
        Word(second);
    }

    private void MemoryArgument(OpcodeInfo row, ref CodeReader reader)
    {
        var start = reader.Offset;
        var flags = reader.ReadU32();
        if (flags > 0x7F) throw new WasmFormatException("malformed memop flags", start);
        var memory = (flags & 0x40) != 0 ? reader.ReadU32() : 0;
        var offset = reader.ReadU64();
        var alignment = 1UL << (int)(flags & 0x3F);
        if (memory != 0) Word(ids.Memories[memory]);
        if (offset != 0) Word("offset=" + Number(offset));
        if (alignment != (ulong)row.Argument) Word("align=" + Number(alignment));
        if (row.Immediate == ImmediateKind.MemoryArgumentLane) Word(Number(reader.ReadByte()));
    }

    private void HeapType(Opcode opcode, HeapType heap) => Word(opcode switch
    {
        Opcode.RefTest or Opcode.RefCast => types.Reference(ValueType.Ref(heap, nullable: false)),
        Opcode.RefTestNull or Opcode.RefCastNull => types.Reference(ValueType.Ref(heap)),
        _ => types.Heap(heap),
    });

    private void CastBranch(ref CodeReader reader)
    {
        var start = reader.Offset;
        var flags = reader.ReadByte();
        if (flags > 3) throw new WasmFormatException("malformed br_on_cast flags", start);
        Word(Label(reader.ReadU32()));
        Word(types.Reference(ValueType.Ref(reader.ReadHeapType(), (flags & 1) != 0)));
        Word(types.Reference(ValueType.Ref(reader.ReadHeapType(), (flags & 2) != 0)));
    }

    private void Vector(ReadOnlySpan<byte> bytes)
    {
        output.Write(" i32x4");
        for (var lane = 0; lane < 16; lane += 4)
        {
            var bits = BinaryPrimitives.ReadUInt32LittleEndian(bytes[lane..]);
            Word("0x" + bits.ToString("x8", CultureInfo.InvariantCulture));
        }
    }
}

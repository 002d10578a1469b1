using System.Text;
using System.Text.Unicode;

namespace TensorWasm.Wasm;

/// <content>Types (section 5.3), names and vector lengths.</content>
public ref partial struct CodeReader
{
    internal const byte NullableReference = 0x63;
    internal const byte NonNullReference = 0x64;
    private const byte FirstAbstractHeapType = 0x69;
    private const byte LastAbstractHeapType = 0x74;

    /// <summary>A value type; an unknown type index is for the validator to find.</summary>
    public ValueType ReadValueType()
    {
        var first = PeekByte();
        switch (first)
        {
            case (byte)ValueKind.I32 or (byte)ValueKind.I64 or (byte)ValueKind.F32 or (byte)ValueKind.F64
                or (byte)ValueKind.V128:
                Position++;
                return ValueType.FromKind((ValueKind)first);
            default:
                return TryReadReferenceType(out var type) ? type : throw MalformedHere("malformed value type");
        }
    }

    /// <summary>A reference type.</summary>
    public ValueType ReadReferenceType() =>
        TryReadReferenceType(out var type) ? type : throw MalformedHere("malformed reference type");

    /// <summary>A heap type: an abstract one in one byte, or a type index.</summary>
    public HeapType ReadHeapType()
    {
        var first = PeekByte();
        if (first is >= 0x40 and < 0x80)
        {
            if (first is < FirstAbstractHeapType or > LastAbstractHeapType) throw MalformedHere("malformed heap type");
            Position++;
            return new HeapType(first - 0x80);
        }
        var start = Offset;
        var index = ReadS33();
        if (index < 0) throw new WasmFormatException("malformed heap type", start);
        return HeapType.FromIndex((int)Math.Min(index, int.MaxValue));
    }

    /// <summary>A value type, or one of the packed types that fields may have.</summary>
    internal ValueType ReadStorageType()
    {
        var first = PeekByte();
        if (first is not ((byte)ValueKind.I8 or (byte)ValueKind.I16)) return ReadValueType();
        Position++;
        return ValueType.FromKind((ValueKind)first);
    }

    /// <summary>A name: a length in bytes, and UTF-8.</summary>
    internal string ReadName()
    {
        var start = Offset;
        var length = ReadU32();
        if (length > Length - Position) throw new WasmFormatException("length out of bounds", start);
        if (length > WasmLimits.MaxNameLength)
        {
            throw new WasmFormatException($"name of {length} bytes, the limit is {WasmLimits.MaxNameLength}", start);
        }
        var bytes = ReadBytes((int)length);
        if (!Utf8.IsValid(bytes)) throw new WasmFormatException("malformed UTF-8 encoding", start);
        return Encoding.UTF8.GetString(bytes);
    }

    /// <summary>
    /// The length of a vector. It is safe to allocate that many entries: no more come back than the bytes that are left
    /// can hold.
    /// </summary>
    internal int ReadCount(int limit, string what, int minimumBytes = 1)
    {
        var start = Offset;
        var count = ReadU32();
        if (count > (uint)limit) throw new WasmFormatException($"too many {what}: {count}, the limit is {limit}", start);
        return count <= (uint)((Length - Position) / minimumBytes) ? (int)count : throw UnexpectedEnd();
    }

    /// <summary>
    /// An index. One that no index space can hold comes back as <see cref="int.MaxValue"/>, for the validator to refuse.
    /// </summary>
    internal int ReadIndex() => (int)Math.Min(ReadU32(), int.MaxValue);

    internal readonly WasmFormatException MalformedHere(string reason) => new(reason, _base + Position);

    private bool TryReadReferenceType(out ValueType type)
    {
        var first = PeekByte();
        switch (first)
        {
            case NullableReference or NonNullReference:
                Position++;
                type = ValueType.Ref(ReadHeapType(), first == NullableReference);
                return true;
            case >= FirstAbstractHeapType and <= LastAbstractHeapType:
                Position++;
                type = ValueType.Ref(new HeapType(first - 0x80));
                return true;
            default:
                type = default;
                return false;
        }
    }

    /// <summary>Steps over the immediates of an instruction whose opcode was just read.</summary>
    public void SkipImmediates(OpcodeInfo instruction) => InstructionSkipper.SkipImmediates(ref this, instruction);
}

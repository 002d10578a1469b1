using System.Buffers.Binary;

namespace TensorWasm.Wasm;

/// <summary>
/// Reads integers and instructions of the binary format (section 5) from a span. Every read is checked: running past the
/// end, or an integer in too many bytes, is a <see cref="WasmFormatException"/> with its offset.
/// </summary>
public ref partial struct CodeReader
{
    private readonly ReadOnlySpan<byte> _bytes;
    private readonly int _base;

    /// <summary>Reads from the start of <paramref name="bytes"/>.</summary>
    /// <param name="bytes">What to read.</param>
    /// <param name="offset">Where the first byte lies in the module, for error messages.</param>
    public CodeReader(ReadOnlySpan<byte> bytes, int offset = 0)
    {
        _bytes = bytes;
        _base = offset;
    }

    /// <summary>The position of the next byte in the span.</summary>
    public int Position { get; set; }

    /// <summary>The position of the next byte in the module.</summary>
    public readonly int Offset => _base + Position;

    /// <summary>The length of the span.</summary>
    public readonly int Length => _bytes.Length;

    /// <summary>Whether everything has been read.</summary>
    public readonly bool AtEnd => Position >= _bytes.Length;

    /// <summary>The next byte, which stays unread.</summary>
    public readonly byte PeekByte() => Position < _bytes.Length ? _bytes[Position] : throw UnexpectedEnd();

    /// <summary>A byte.</summary>
    public byte ReadByte() => Position < _bytes.Length ? _bytes[Position++] : throw UnexpectedEnd();

    /// <summary>An opcode with its prefix; the caller looks it up, since it may name no instruction.</summary>
    public Opcode ReadOpcode()
    {
        var first = ReadByte();
        if (first is not (0xFB or 0xFC or 0xFD)) return (Opcode)first;
        var sub = ReadU32();
        return (Opcode)((first << 12) | (int)Math.Min(sub, 0xFFF));
    }

    /// <summary>An unsigned 32-bit integer in LEB128 (section 5.2.2).</summary>
    public uint ReadU32()
    {
        if (Position < _bytes.Length && _bytes[Position] < 0x80) return _bytes[Position++];
        return (uint)ReadUnsigned(32);
    }

    /// <summary>An unsigned 64-bit integer in LEB128.</summary>
    public ulong ReadU64() => ReadUnsigned(64);

    /// <summary>A signed 32-bit integer in LEB128.</summary>
    public int ReadS32()
    {
        if (Position >= _bytes.Length || _bytes[Position] >= 0x80) return (int)ReadSigned(32);
        return (_bytes[Position++] ^ 0x40) - 0x40;
    }

    /// <summary>A signed 33-bit integer in LEB128: block types and heap types.</summary>
    public long ReadS33() => ReadSigned(33);

    /// <summary>A signed 64-bit integer in LEB128.</summary>
    public long ReadS64() => ReadSigned(64);

    /// <summary>The bits of an f32.</summary>
    public uint ReadF32Bits() => BinaryPrimitives.ReadUInt32LittleEndian(ReadBytes(4));

    /// <summary>The bits of an f64.</summary>
    public ulong ReadF64Bits() => BinaryPrimitives.ReadUInt64LittleEndian(ReadBytes(8));

    /// <summary>The next <paramref name="count"/> bytes.</summary>
    public ReadOnlySpan<byte> ReadBytes(int count)
    {
        if (count < 0 || count > _bytes.Length - Position) throw UnexpectedEnd();
        var result = _bytes.Slice(Position, count);
        Position += count;
        return result;
    }

    private ulong ReadUnsigned(int bits)
    {
        var result = 0UL;
        var shift = 0;
        while (true)
        {
            var value = ReadByte();
            if (shift + 7 > bits && value >> (bits - shift) != 0)
            {
                throw Malformed(value >= 0x80 ? "integer representation too long" : "integer too large");
            }
            result |= (ulong)(value & 0x7F) << shift;
            if (value < 0x80) return result;
            shift += 7;
        }
    }

    private long ReadSigned(int bits)
    {
        var result = 0L;
        var shift = 0;
        while (true)
        {
            var value = ReadByte();
            var left = bits - shift;
            if (left < 7)
            {
                // The bits beyond the sign bit must repeat it, and no further byte may follow.
                var extension = (sbyte)(value << 1) >> left;
                if (value >= 0x80) throw Malformed("integer representation too long");
                if (extension is not (0 or -1)) throw Malformed("integer too large");
            }
            result |= (long)(value & 0x7F) << shift;
            shift += 7;
            if (value < 0x80) return shift < 64 && (value & 0x40) != 0 ? result | (-1L << shift) : result;
        }
    }

    private readonly WasmFormatException UnexpectedEnd() => new("unexpected end of section or function", _base + _bytes.Length);

    private readonly WasmFormatException Malformed(string reason) => new(reason, _base + Position - 1);
}

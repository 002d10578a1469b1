using System.Buffers.Binary;
using System.Text;

namespace TensorWasm.Wasm;

/// <summary>A growing run of bytes in the binary format's values (section 5.2), integers in as few bytes as can be.</summary>
internal sealed class ByteWriter
{
    private byte[] _bytes = new byte[256];

    internal int Length { get; private set; }

    internal ReadOnlySpan<byte> Written => _bytes.AsSpan(0, Length);

    internal void Clear() => Length = 0;

    internal void Byte(byte value)
    {
        if (Length == _bytes.Length) Grow(1);
        _bytes[Length++] = value;
    }

    internal void Bytes(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length > _bytes.Length - Length) Grow(bytes.Length);
        bytes.CopyTo(_bytes.AsSpan(Length));
        Length += bytes.Length;
    }

    /// <summary>An unsigned integer in LEB128.</summary>
    internal void Unsigned(ulong value)
    {
        while (value >= 0x80)
        {
            Byte((byte)(value | 0x80));
            value >>= 7;
        }
        Byte((byte)value);
    }

    /// <summary>A count or an index.</summary>
    internal void Index(int value) => Unsigned((uint)value);

    /// <summary>A signed integer in LEB128.</summary>
    internal void Signed(long value)
    {
        while (value is < -0x40 or >= 0x40)
        {
            Byte((byte)(value | 0x80));
            value >>= 7;
        }
        Byte((byte)(value & 0x7F));
    }

    /// <summary>A vector of bytes: its length comes first.</summary>
    internal void Vector(ReadOnlySpan<byte> bytes)
    {
        Index(bytes.Length);
        Bytes(bytes);
    }

    internal void Name(string name) => Vector(Encoding.UTF8.GetBytes(name));

    /// <summary>Four bytes, little-endian.</summary>
    internal void Fixed32(uint value)
    {
        Span<byte> bytes = stackalloc byte[4];
        BinaryPrimitives.WriteUInt32LittleEndian(bytes, value);
        Bytes(bytes);
    }

    /// <summary>Eight bytes, little-endian.</summary>
    internal void Fixed64(ulong value)
    {
        Span<byte> bytes = stackalloc byte[8];
        BinaryPrimitives.WriteUInt64LittleEndian(bytes, value);
        Bytes(bytes);
    }

    /// <summary>An opcode with its prefix.</summary>
    internal void Opcode(Opcode opcode)
    {
        var code = (int)opcode;
        if (code < 0x100)
        {
            Byte((byte)code);
            return;
        }
        Byte((byte)(code >> 12));
        Unsigned((uint)code & 0xFFF);
    }

    /// <summary>Moves everything from <paramref name="start"/> on to the end of <paramref name="target"/>.</summary>
    internal void MoveTo(ByteWriter target, int start)
    {
        target.Bytes(_bytes.AsSpan(start, Length - start));
        Length = start;
    }

    private void Grow(int count) =>
        Array.Resize(ref _bytes, (int)Math.Max(Math.Min(2L * _bytes.Length, Array.MaxLength), checked(Length + count)));
}

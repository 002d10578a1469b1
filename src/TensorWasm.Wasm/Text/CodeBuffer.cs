using System.Buffers.Binary;

namespace TensorWasm.Wasm.Text;

/// <summary>A growing buffer that writes integers as the binary format does (section 5.2).</summary>
internal sealed class CodeBuffer
{
    private byte[] _bytes = new byte[256];

    public int Length { get; private set; }

    public ReadOnlySpan<byte> Written => _bytes.AsSpan(0, Length);

    public void Clear() => Length = 0;

    public byte[] ToArray() => Written.ToArray();

    public void Byte(byte value) => Reserve(1)[0] = value;

    public void Bytes(ReadOnlySpan<byte> bytes) => bytes.CopyTo(Reserve(bytes.Length));

    public void Opcode(Opcode opcode)
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

    public void Unsigned(ulong value)
    {
        while (value >= 0x80)
        {
            Byte((byte)(value | 0x80));
            value >>= 7;
        }
        Byte((byte)value);
    }

    public void Signed(long value)
    {
        while (value is < -64 or > 63)
        {
            Byte((byte)(value | 0x80));
            value >>= 7;
        }
        Byte((byte)(value & 0x7F));
    }

    public void Fixed32(uint value) => BinaryPrimitives.WriteUInt32LittleEndian(Reserve(4), value);

    public void Fixed64(ulong value) => BinaryPrimitives.WriteUInt64LittleEndian(Reserve(8), value);

    public void Type(ValueType type)
    {
        if (!type.IsReference)
        {
            Byte((byte)type.Kind);
            return;
        }
        if (!type.IsNullable || type.Heap.IsIndex) Byte((byte)(type.IsNullable ? 0x63 : 0x64));
        Signed(type.Heap.Code);
    }

    /// <summary>Moves everything from <paramref name="start"/> on to the end of <paramref name="target"/>.</summary>
    public void MoveTo(CodeBuffer target, int start)
    {
        target.Bytes(_bytes.AsSpan(start, Length - start));
        Length = start;
    }

    private Span<byte> Reserve(int count)
    {
        if (_bytes.Length - Length < count)
        {
            var size = Math.Min(Math.Max(_bytes.Length * 2L, (long)Length + count), Array.MaxLength);
            Array.Resize(ref _bytes, (int)size);
        }
        var span = _bytes.AsSpan(Length, count);
        Length += count;
        return span;
    }
}

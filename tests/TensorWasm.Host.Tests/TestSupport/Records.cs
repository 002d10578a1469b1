using System.Buffers.Binary;

namespace TensorWasm.Host.Tests;

/// <summary>Kernel arguments in the form that guests give them.</summary>
internal sealed class Records
{
    private readonly List<byte> _bytes = [];

    internal ReadOnlySpan<byte> Bytes => _bytes.ToArray();

    internal static Records None => new();

    internal Records Int32(int value) => Add(1, Little((uint)value));

    internal Records Int64(long value) => Add(2, Little((ulong)value));

    internal Records Float32(float value) => Add(3, Little(BitConverter.SingleToUInt32Bits(value)));

    internal Records Float64(double value) => Add(4, Little(BitConverter.DoubleToUInt64Bits(value)));

    internal Records UInt32(uint value) => Add(5, Little(value));

    internal Records UInt64(ulong value) => Add(6, Little(value));

    internal Records Pointer(uint address, uint length) => Add(7, [.. Little(address), .. Little(length)]);

    internal Records Buffer(long handle, ulong offset = 0) => Add(8, [.. Little((uint)handle), .. Little(offset)]);

    internal Records Structure(params byte[] value) => Add(9, [.. Little((uint)value.Length), .. value]);

    internal Records Add(byte tag, byte[] value)
    {
        _bytes.Add(tag);
        _bytes.AddRange(value);
        return this;
    }

    private static byte[] Little(uint value)
    {
        var bytes = new byte[4];
        BinaryPrimitives.WriteUInt32LittleEndian(bytes, value);
        return bytes;
    }

    private static byte[] Little(ulong value)
    {
        var bytes = new byte[8];
        BinaryPrimitives.WriteUInt64LittleEndian(bytes, value);
        return bytes;
    }
}

using System.Buffers.Binary;
using System.Text;

namespace TensorWasm.Server.Tests;

/// <summary>A Protocol Buffers message as it is on the wire: fields by number.</summary>
internal sealed class ProtobufMessage
{
    private readonly List<(int Number, object Value)> _fields = [];

    internal ProtobufMessage(ReadOnlySpan<byte> bytes)
    {
        while (bytes.Length > 0)
        {
            var tag = Varint(ref bytes);
            object value;
            switch (tag & 7)
            {
                case 0:
                    value = Varint(ref bytes);
                    break;
                case 1:
                    value = BinaryPrimitives.ReadUInt64LittleEndian(bytes);
                    bytes = bytes[8..];
                    break;
                case 2:
                    var length = (int)Varint(ref bytes);
                    value = bytes[..length].ToArray();
                    bytes = bytes[length..];
                    break;
                case 5:
                    value = (ulong)BinaryPrimitives.ReadUInt32LittleEndian(bytes);
                    bytes = bytes[4..];
                    break;
                default:
                    throw new InvalidDataException($"wire type {tag & 7}");
            }
            _fields.Add(((int)(tag >> 3), value));
        }
    }

    internal IEnumerable<ProtobufMessage> Messages(int number) =>
        _fields.Where(field => field.Number == number).Select(field => new ProtobufMessage((byte[])field.Value));

    internal byte[] Bytes(int number) => (byte[]?)Last(number) ?? [];

    internal string Text(int number) => Encoding.UTF8.GetString(Bytes(number));

    internal ulong Number(int number) => (ulong?)Last(number) ?? 0;

    internal bool Has(int number) => _fields.Any(field => field.Number == number);

    private object? Last(int number) => _fields.LastOrDefault(field => field.Number == number).Value;

    private static ulong Varint(ref ReadOnlySpan<byte> bytes)
    {
        var (value, shift) = (0ul, 0);
        while (true)
        {
            var next = bytes[0];
            bytes = bytes[1..];
            value |= (ulong)(next & 0x7F) << shift;
            if (next < 0x80) return value;
            shift += 7;
        }
    }
}

using System.Buffers.Binary;
using System.Globalization;

namespace TensorWasm.Server;

/// <summary>
/// Tensors as bodies. On the wire: little-endian elements in row-major order, the element type in X-Tensor-Dtype and the
/// shape in X-Tensor-Shape. In the guest: the same bytes after a header of "TWT1", the type's code (1 byte), the rank (1
/// byte), two zeros, and one u64 for each dimension, so that elements are aligned to 8 bytes.
/// </summary>
internal static class TensorFormat
{
    internal const string MediaType = "application/vnd.tensorwasm.tensor";

    private const string TypeHeader = "X-Tensor-Dtype";
    private const string ShapeHeader = "X-Tensor-Shape";
    private const int MaxRank = 16;
    private const int FixedBytes = 8;

    private static readonly (string Name, byte Code, int Bytes)[] Types =
    [
        ("u8", 1, 1), ("i8", 2, 1), ("u16", 3, 2), ("i16", 4, 2), ("u32", 5, 4), ("i32", 6, 4), ("u64", 7, 8),
        ("i64", 8, 8), ("f16", 9, 2), ("bf16", 10, 2), ("f32", 11, 4), ("f64", 12, 8), ("bool", 13, 1),
    ];

    private static ReadOnlySpan<byte> Magic => "TWT1"u8;

    /// <summary>A request's tensor in the guest's form.</summary>
    /// <exception cref="RefusalException">Type, shape and bytes don't fit together.</exception>
    internal static ReadOnlyMemory<byte> FromHttp(IHeaderDictionary headers, ReadOnlySpan<byte> data)
    {
        var type = Array.Find(Types, type => type.Name == headers[TypeHeader].ToString());
        if (type.Name is null)
        {
            throw JsonFields.Wrong(TypeHeader, $"one of {string.Join(", ", Types.Select(known => known.Name))}");
        }
        var shape = ReadShape(headers[ShapeHeader].ToString());
        var expected = ByteCount(shape, type.Bytes);
        if (expected != data.Length)
        {
            throw new RefusalException(GatewayError.Bad(ErrorKind.InvalidRequest, string.Create(
                CultureInfo.InvariantCulture,
                $"The body has {data.Length} bytes; its type and shape make {expected?.ToString(CultureInfo.InvariantCulture) ?? "too many"}.")));
        }
        var guest = new byte[FixedBytes + 8 * shape.Length + data.Length];
        Magic.CopyTo(guest);
        guest[4] = type.Code;
        guest[5] = (byte)shape.Length;
        for (var i = 0; i < shape.Length; i++)
        {
            BinaryPrimitives.WriteUInt64LittleEndian(guest.AsSpan(FixedBytes + 8 * i), shape[i]);
        }
        data.CopyTo(guest.AsSpan(FixedBytes + 8 * shape.Length));
        return guest;
    }

    /// <summary>Sets the headers of a tensor that a guest emitted.</summary>
    /// <param name="guest">The guest's form.</param>
    /// <param name="headers">Get type and shape.</param>
    /// <returns>Where the elements begin; -1 if the guest emitted no tensor.</returns>
    internal static int ToHttp(ReadOnlySpan<byte> guest, IHeaderDictionary headers)
    {
        if (guest.Length < FixedBytes || !guest.StartsWith(Magic) || guest[5] > MaxRank) return -1;
        var code = guest[4];
        var type = Array.Find(Types, type => type.Code == code);
        var start = FixedBytes + 8 * guest[5];
        if (type.Name is null || guest.Length < start) return -1;
        var shape = new ulong[guest[5]];
        for (var i = 0; i < shape.Length; i++)
        {
            shape[i] = BinaryPrimitives.ReadUInt64LittleEndian(guest[(FixedBytes + 8 * i)..]);
        }
        if (ByteCount(shape, type.Bytes) != guest.Length - start) return -1;
        headers[TypeHeader] = type.Name;
        headers[ShapeHeader] = string.Join(',', shape);
        return start;
    }

    private static ulong[] ReadShape(string text)
    {
        // A scalar's shape is empty.
        if (text.Length == 0) return [];
        var parts = text.Split(',');
        if (parts.Length > MaxRank) throw WrongShape();
        var shape = new ulong[parts.Length];
        for (var i = 0; i < parts.Length; i++)
        {
            if (!ulong.TryParse(parts[i].Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out shape[i])) throw WrongShape();
        }
        return shape;
    }

    private static long? ByteCount(ReadOnlySpan<ulong> shape, int elementBytes)
    {
        var count = (UInt128)elementBytes;
        foreach (var dimension in shape)
        {
            if (dimension == 0) return 0;
            count *= dimension;
            if (count > int.MaxValue) return null;
        }
        return (long)count;
    }

    private static RefusalException WrongShape() =>
        JsonFields.Wrong(ShapeHeader, $"up to {MaxRank} whole numbers with commas between");
}

using System.Buffers.Binary;

namespace TensorWasm.Server;

/// <summary>
/// Ids of requests: UUIDs of version 7 (RFC 9562, section 5.7). They need not be hard to guess, so their random bits are
/// not the operating system's, which would be a system call for each request.
/// </summary>
internal static class RequestIds
{
    internal static string Next()
    {
        Span<byte> bytes = stackalloc byte[16];
        Random.Shared.NextBytes(bytes);
        var random = BinaryPrimitives.ReadUInt16BigEndian(bytes);
        BinaryPrimitives.WriteInt64BigEndian(bytes, DateTimeOffset.UtcNow.ToUnixTimeMilliseconds() << 16 | random);
        bytes[6] = (byte)((bytes[6] & 0x0F) | 0x70);
        bytes[8] = (byte)((bytes[8] & 0x3F) | 0x80);
        return new Guid(bytes, bigEndian: true).ToString();
    }
}

using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Blake3;

namespace TensorWasm.Server;

/// <summary>
/// TensorWasm's manifest, as its own publishers send it: BLAKE3 of the code for one architecture; digest and signature
/// are arrays of 32 numbers, and HMAC-SHA256 covers its second envelope. Its first one, which separates texts by NUL and
/// leaves out who published, is not accepted: TensorWasm itself no longer does.
/// </summary>
internal sealed class CompatibleManifest : KernelManifest
{
    private const int DigestBytes = 32;

    private readonly uint _architecture;
    private readonly byte[] _digest;

    internal CompatibleManifest(JsonElement json) : base(json)
    {
        _architecture = (uint)json.Whole("sm_version", 10, 999)!;
        _digest = Bytes(json, "digest");
        Signature = Bytes(json, "signature");
        Architectures = [string.Create(CultureInfo.InvariantCulture, $"sm_{_architecture}")];
    }

    internal override string Algorithm => Hmac;

    internal override byte[] Signature { get; }

    internal override IReadOnlyCollection<string> Architectures { get; }

    /// <summary>The envelope's name, then each field after its length as 64 bits, little-endian as all its numbers.</summary>
    internal override byte[] SignedBytes()
    {
        var envelope = new List<byte>("twasm-kmf-v2"u8.ToArray());
        Append(Encoding.UTF8.GetBytes(Name));
        Append(Encoding.UTF8.GetBytes(Version));
        Append(Encoding.UTF8.GetBytes(Publisher));
        Append(Number((ulong)PublishedUnixMilliseconds));
        Append(Number(_architecture).AsSpan(0, sizeof(uint)));
        Append(_digest);
        return [.. envelope];

        void Append(ReadOnlySpan<byte> field)
        {
            envelope.AddRange(Number((ulong)field.Length));
            envelope.AddRange(field);
        }
    }

    internal override bool IsSigned(string architecture, ReadOnlySpan<byte> code) =>
        Architectures.Contains(architecture) && Hasher.Hash(code).AsSpan().SequenceEqual(_digest);

    private static byte[] Number(ulong value)
    {
        var bytes = new byte[sizeof(ulong)];
        BinaryPrimitives.WriteUInt64LittleEndian(bytes, value);
        return bytes;
    }

    private static byte[] Bytes(JsonElement json, string name)
    {
        if (json.Array(name) is { } array && array.GetArrayLength() == DigestBytes)
        {
            var bytes = new List<byte>(DigestBytes);
            foreach (var item in array.EnumerateArray())
            {
                if (item.ValueKind == JsonValueKind.Number && item.TryGetByte(out var value)) bytes.Add(value);
            }
            if (bytes.Count == DigestBytes) return [.. bytes];
        }
        throw JsonFields.Wrong(name, $"an array of {DigestBytes} numbers from 0 to 255");
    }
}

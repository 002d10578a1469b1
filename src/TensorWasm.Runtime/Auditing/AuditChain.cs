using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace TensorWasm.Runtime;

/// <summary>
/// How audit records are chained: the hash is SHA-256 over the previous hash (32 bytes), the sequence number and the
/// time in milliseconds since the epoch (8 bytes each, little-endian), a byte 1 and the tenant (8 bytes, little-endian)
/// or a byte 0 for none, and the body in UTF-8.
/// </summary>
public static class AuditChain
{
    /// <summary>What stands for the hash before the first record.</summary>
    public static ReadOnlyMemory<byte> Start { get; } = new byte[SHA256.HashSizeInBytes];

    /// <summary>Makes the record of an entry.</summary>
    public static AuditRecord Append(AuditEntry entry, long sequence, ReadOnlyMemory<byte> previous)
    {
        ArgumentNullException.ThrowIfNull(entry);
        var time = DateTimeOffset.FromUnixTimeMilliseconds(entry.Time.ToUnixTimeMilliseconds());
        return new AuditRecord
        {
            Sequence = sequence,
            Time = time,
            Tenant = entry.Tenant,
            Body = entry.Body,
            PreviousHash = previous,
            Hash = Hash(previous.Span, sequence, time, entry.Tenant, entry.Body),
        };
    }

    /// <summary>Whether a record's hash is right, and it follows the record before it (null for the first).</summary>
    public static bool Follows(AuditRecord record, AuditRecord? previous)
    {
        ArgumentNullException.ThrowIfNull(record);
        return record.Sequence == (previous?.Sequence ?? 0) + 1
            && record.PreviousHash.Span.SequenceEqual((previous?.Hash ?? Start).Span)
            && record.Hash.Span.SequenceEqual(
                Hash(record.PreviousHash.Span, record.Sequence, record.Time, record.Tenant, record.Body));
    }

    private static byte[] Hash(
        ReadOnlySpan<byte> previous, long sequence, DateTimeOffset time, TenantId? tenant, string body)
    {
        Span<byte> head = stackalloc byte[25];
        BinaryPrimitives.WriteInt64LittleEndian(head, sequence);
        BinaryPrimitives.WriteInt64LittleEndian(head[8..], time.ToUnixTimeMilliseconds());
        head[16] = tenant is null ? (byte)0 : (byte)1;
        BinaryPrimitives.WriteUInt64LittleEndian(head[17..], tenant?.Value ?? 0);
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(previous);
        hash.AppendData(tenant is null ? head[..17] : head);
        hash.AppendData(Encoding.UTF8.GetBytes(body));
        return hash.GetHashAndReset();
    }
}

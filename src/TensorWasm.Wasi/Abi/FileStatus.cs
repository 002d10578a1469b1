using System.Buffers.Binary;

namespace TensorWasm.Wasi;

/// <summary>Attributes of a file (typenames.witx, <c>$filestat</c>); times in nanoseconds since 1970.</summary>
internal readonly record struct FileStatus(
    ulong Device,
    ulong Inode,
    FileType Type,
    ulong LinkCount,
    ulong Size,
    ulong AccessTime,
    ulong ModificationTime,
    ulong ChangeTime)
{
    /// <summary>Bytes that <see cref="Write"/> fills: snapshot 0 has a 32-bit link count.</summary>
    public static int SizeOf(Snapshot snapshot) => snapshot == Snapshot.Preview1 ? 64 : 56;

    public void Write(Span<byte> target, Snapshot snapshot)
    {
        target[..SizeOf(snapshot)].Clear();
        BinaryPrimitives.WriteUInt64LittleEndian(target, Device);
        BinaryPrimitives.WriteUInt64LittleEndian(target[8..], Inode);
        target[16] = (byte)Type;
        Span<byte> rest;
        if (snapshot == Snapshot.Preview1)
        {
            BinaryPrimitives.WriteUInt64LittleEndian(target[24..], LinkCount);
            rest = target[32..];
        }
        else
        {
            BinaryPrimitives.WriteUInt32LittleEndian(target[20..], (uint)Math.Min(LinkCount, uint.MaxValue));
            rest = target[24..];
        }

        BinaryPrimitives.WriteUInt64LittleEndian(rest, Size);
        BinaryPrimitives.WriteUInt64LittleEndian(rest[8..], AccessTime);
        BinaryPrimitives.WriteUInt64LittleEndian(rest[16..], ModificationTime);
        BinaryPrimitives.WriteUInt64LittleEndian(rest[24..], ChangeTime);
    }
}

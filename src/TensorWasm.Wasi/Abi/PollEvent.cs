using System.Buffers.Binary;

namespace TensorWasm.Wasi;

/// <summary>One event of poll_oneoff (typenames.witx, <c>$event</c>), the same in both snapshots.</summary>
internal readonly record struct PollEvent(
    ulong UserData, Errno Error, EventType Type, ulong Bytes, ushort Flags)
{
    /// <summary>Size of the structure.</summary>
    public const int Size = 32;

    /// <summary>The peer has closed or disconnected.</summary>
    public const ushort Hangup = 1;

    public void Write(Span<byte> target)
    {
        target[..Size].Clear();
        BinaryPrimitives.WriteUInt64LittleEndian(target, UserData);
        BinaryPrimitives.WriteUInt16LittleEndian(target[8..], (ushort)Error);
        target[10] = (byte)Type;
        BinaryPrimitives.WriteUInt64LittleEndian(target[16..], Bytes);
        BinaryPrimitives.WriteUInt16LittleEndian(target[24..], Flags);
    }
}

using System.Buffers.Binary;

namespace TensorWasm.Wasi;

/// <summary>One subscription of poll_oneoff (typenames.witx, <c>$subscription</c>).</summary>
internal readonly record struct Subscription(
    ulong UserData, EventType Type, ClockId Clock, ulong Timeout, ushort ClockFlags, uint Descriptor)
{
    /// <summary>The timeout is a time of the clock, not a duration.</summary>
    public const ushort AbsoluteTime = 1;

    /// <summary>
    /// Size of the structure. Snapshot 0 carries a second user-data identifier before the clock's fields.
    /// </summary>
    public static int SizeOf(Snapshot snapshot) => snapshot == Snapshot.Preview1 ? 48 : 56;

    public static Subscription Read(ReadOnlySpan<byte> source, Snapshot snapshot)
    {
        int clock = snapshot == Snapshot.Preview1 ? 16 : 24;
        return new Subscription(
            BinaryPrimitives.ReadUInt64LittleEndian(source),
            (EventType)source[8],
            (ClockId)BinaryPrimitives.ReadUInt32LittleEndian(source[clock..]),
            BinaryPrimitives.ReadUInt64LittleEndian(source[(clock + 8)..]),
            BinaryPrimitives.ReadUInt16LittleEndian(source[(clock + 24)..]),
            BinaryPrimitives.ReadUInt32LittleEndian(source[16..]));
    }
}

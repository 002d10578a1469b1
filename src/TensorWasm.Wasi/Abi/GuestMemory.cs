using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace TensorWasm.Wasi;

/// <summary>
/// The calling guest's linear memory for the length of one call. Every access is checked against the memory's
/// length; one outside answers false, which the functions report as <see cref="Errno.Fault"/>.
/// A span cannot hold more than 2 GiB, a memory can, hence the reference with a 64-bit length.
/// The memory must not move during the call: it lies outside the managed heap, or is pinned.
/// </summary>
internal readonly ref struct GuestMemory
{
    private readonly ref byte _start;
    private readonly ulong _length;

    /// <summary>Memory of <paramref name="length"/> bytes at <paramref name="start"/>.</summary>
    public GuestMemory(ref byte start, ulong length)
    {
        _start = ref start;
        _length = length;
    }

    /// <summary>Memory that a span covers whole.</summary>
    public GuestMemory(Span<byte> span)
        : this(ref MemoryMarshal.GetReference(span), (ulong)span.Length)
    {
    }

    /// <summary>Whether <paramref name="length"/> bytes at <paramref name="address"/> lie inside.</summary>
    public bool Contains(uint address, ulong length) => length <= _length && address <= _length - length;

    /// <summary>The bytes at <paramref name="address"/>, or false where they lie outside or exceed 2 GiB.</summary>
    public bool TryGetSpan(uint address, uint length, out Span<byte> span)
    {
        if (!Contains(address, length) || length > int.MaxValue)
        {
            span = default;
            return false;
        }

        span = MemoryMarshal.CreateSpan(ref Unsafe.AddByteOffset(ref _start, (nuint)address), (int)length);
        return true;
    }

    public bool TryWriteUInt32(uint address, uint value) =>
        TryGetSpan(address, sizeof(uint), out Span<byte> span) &&
        BinaryPrimitives.TryWriteUInt32LittleEndian(span, value);

    public bool TryWriteUInt64(uint address, ulong value) =>
        TryGetSpan(address, sizeof(ulong), out Span<byte> span) &&
        BinaryPrimitives.TryWriteUInt64LittleEndian(span, value);

    /// <summary>
    /// Reads <paramref name="vectors"/>.Length iovec structures. Each is read once and checked once, so a guest
    /// thread that rewrites them meanwhile changes nothing.
    /// </summary>
    public bool TryReadVectors(uint address, Span<IoVector> vectors)
    {
        if (!TryGetSpan(address, (uint)vectors.Length * 8, out Span<byte> source))
            return false;
        for (int i = 0; i < vectors.Length; i++)
        {
            uint start = BinaryPrimitives.ReadUInt32LittleEndian(source[(i * 8)..]);
            uint length = BinaryPrimitives.ReadUInt32LittleEndian(source[((i * 8) + 4)..]);
            if (!Contains(start, length))
                return false;
            vectors[i] = IoVector.At(ref Unsafe.AddByteOffset(ref _start, (nuint)start), length);
        }

        return true;
    }
}

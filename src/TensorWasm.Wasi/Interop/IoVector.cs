using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace TensorWasm.Wasi;

/// <summary>The host's <c>struct iovec</c> (readv(2)), pointing into guest memory that does not move.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct IoVector
{
    /// <summary>Most vectors in one call: IOV_MAX of Linux; more is EINVAL there, and here.</summary>
    public const int Max = 1024;

    private byte* _start;
    private nuint _length;

    /// <summary>Bytes left in this vector.</summary>
    public readonly ulong Length => _length;

    /// <summary>The vector that covers <paramref name="length"/> bytes from <paramref name="start"/>.</summary>
    public static IoVector At(ref byte start, uint length) =>
        new() { _start = (byte*)Unsafe.AsPointer(ref start), _length = length };

    /// <summary>The bytes, at most <see cref="int.MaxValue"/> of them.</summary>
    public readonly Span<byte> AsSpan() => new(_start, (int)Math.Min(_length, int.MaxValue));

    /// <summary>Drops <paramref name="count"/> bytes, all of which an operation has moved, from the front.</summary>
    public static Span<IoVector> Advance(Span<IoVector> vectors, ulong count)
    {
        while (vectors.Length > 0 && count >= vectors[0]._length)
        {
            count -= vectors[0]._length;
            vectors = vectors[1..];
        }

        if (vectors.Length > 0)
        {
            vectors[0]._start += count;
            vectors[0]._length -= (nuint)count;
        }

        return vectors;
    }

    /// <summary>A copy of the first vectors, cut to <paramref name="limit"/> bytes in all.</summary>
    public static int Take(ReadOnlySpan<IoVector> vectors, ulong limit, Span<IoVector> target)
    {
        int count = 0;
        foreach (IoVector vector in vectors)
        {
            if (limit == 0 || count == target.Length)
                break;
            target[count] = vector;
            target[count]._length = (nuint)Math.Min(vector._length, limit);
            limit -= target[count++]._length;
        }

        return count;
    }
}

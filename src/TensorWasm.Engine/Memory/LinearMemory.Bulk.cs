using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace TensorWasm.Engine;

/// <summary>
/// Bulk operations. All bounds are checked before the first byte is written, as the specification wants, and because a
/// fault inside the runtime's copy routines is not a guest's fault and ends the process.
/// </summary>
internal sealed unsafe partial class LinearMemory
{
    /// <summary>
    /// Bytes between two looks at the flag that stops a guest: fresh pages take the kernel about 0.3 ms a MiB.
    /// </summary>
    private const ulong Stride = 1 << 20;

    /// <summary>Whether a range lies inside the memory.</summary>
    /// <exception cref="ObjectDisposedException">The memory has been disposed.</exception>
    internal bool Contains(ulong address, ulong length)
    {
        var end = ByteLength;
        return length <= end && address <= end - length;
    }

    /// <summary>Bytes in place; the caller holds the memory while it uses them.</summary>
    /// <exception cref="TrapException">The range is out of bounds.</exception>
    internal Span<byte> GetSpan(ulong address, int length)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(length);
        return new Span<byte>(Check(address, (ulong)length), length);
    }

    /// <summary><c>memory.fill</c></summary>
    /// <exception cref="TrapException">The range is out of bounds.</exception>
    internal void Fill(ulong address, byte value, ulong length)
    {
        var never = 0;
        Fill(address, value, length, in never);
    }

    /// <summary><c>memory.fill</c> that ends early with a trap when <paramref name="stop"/> becomes other than 0.</summary>
    /// <exception cref="TrapException">The range is out of bounds, or the guest was stopped.</exception>
    internal void Fill(ulong address, byte value, ulong length, ref readonly int stop)
    {
        var start = Check(address, length);
        while (length > Stride)
        {
            NativeMemory.Fill(start, (nuint)Stride, value);
            start += Stride;
            length -= Stride;
            Poll(in stop);
        }
        NativeMemory.Fill(start, (nuint)length, value);
    }

    /// <summary><c>memory.init</c>, from bytes that are already cut to the right piece of the segment.</summary>
    /// <exception cref="TrapException">The range is out of bounds.</exception>
    internal void Init(ulong address, ReadOnlySpan<byte> source) =>
        source.CopyTo(new Span<byte>(Check(address, (ulong)source.Length), source.Length));

    /// <summary><c>memory.copy</c>. The ranges may overlap.</summary>
    /// <exception cref="TrapException">A range is out of bounds.</exception>
    internal static void Copy(LinearMemory to, ulong destination, LinearMemory from, ulong source, ulong length)
    {
        var never = 0;
        Copy(to, destination, from, source, length, in never);
    }

    /// <summary><c>memory.copy</c> that ends early with a trap when <paramref name="stop"/> becomes other than 0.</summary>
    /// <exception cref="TrapException">A range is out of bounds, or the guest was stopped.</exception>
    internal static void Copy(
        LinearMemory to, ulong destination, LinearMemory from, ulong source, ulong length, ref readonly int stop)
    {
        var target = to.Check(destination, length);
        var origin = from.Check(source, length);
        if ((ulong)(target - origin) < length)
        {
            // The target's start lies inside the source: from the end, so that no piece overwrites what is still to go.
            while (length > Stride)
            {
                length -= Stride;
                Buffer.MemoryCopy(origin + length, target + length, Stride, Stride);
                Poll(in stop);
            }
        }
        else
        {
            while (length > Stride)
            {
                Buffer.MemoryCopy(origin, target, Stride, Stride);
                origin += Stride;
                target += Stride;
                length -= Stride;
                Poll(in stop);
            }
        }
        Buffer.MemoryCopy(origin, target, length, length);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private byte* Check(ulong address, ulong length)
    {
        if (!Contains(address, length))
            ThrowOutOfBounds();
        return (byte*)Base + address;
    }

    private static void Poll(ref readonly int stop)
    {
        if (Volatile.Read(in stop) != 0)
            throw new TrapException(TrapCode.Interrupted);
    }

    [DoesNotReturn]
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static void ThrowOutOfBounds() => throw new TrapException(TrapCode.MemoryOutOfBounds);
}

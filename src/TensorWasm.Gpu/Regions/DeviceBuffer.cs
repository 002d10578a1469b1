namespace TensorWasm.Gpu;

/// <summary>A piece of a region's heap. Zeroed when it is allocated and when it is freed.</summary>
public sealed class DeviceBuffer : IDisposable
{
    private int _isFreed;

    internal DeviceBuffer(Region region, ulong address, ulong length)
    {
        Region = region;
        Address = address;
        Length = length;
    }

    /// <summary>The region it lies in.</summary>
    public Region Region { get; }

    /// <summary>Its address, for kernels of the region.</summary>
    public ulong Address { get; }

    /// <summary>Its length in bytes, as asked for.</summary>
    public ulong Length { get; }

    /// <summary>Copies bytes into it when the region's work so far has ended.</summary>
    /// <param name="offset">Where to begin in the buffer.</param>
    /// <param name="source">The bytes.</param>
    /// <exception cref="GpuException"><see cref="GpuErrorCode.InvalidRange"/>, <see cref="GpuErrorCode.InvalidHandle"/>
    /// or  <see cref="GpuErrorCode.DeviceLost"/>.</exception>
    public void Write(ulong offset, ReadOnlySpan<byte> source)
    {
        Check(offset, (ulong)source.Length);
        Region.CopyIn(Address + offset, source);
    }

    /// <summary>Copies bytes out of it when the region's work so far has ended.</summary>
    /// <param name="offset">Where to begin in the buffer.</param>
    /// <param name="destination">Where the bytes go.</param>
    /// <exception cref="GpuException">As <see cref="Write"/>.</exception>
    public void Read(ulong offset, Span<byte> destination)
    {
        Check(offset, (ulong)destination.Length);
        Region.CopyOut(Address + offset, destination);
    }

    /// <summary>Sets bytes of it when the region's work so far has ended.</summary>
    /// <param name="offset">Where to begin in the buffer.</param>
    /// <param name="count">How many bytes.</param>
    /// <param name="value">The value of each.</param>
    /// <exception cref="GpuException">As <see cref="Write"/>.</exception>
    public void Fill(ulong offset, ulong count, byte value)
    {
        Check(offset, count);
        Region.Fill(Address + offset, count, value);
    }

    /// <summary>Frees it when the region's work so far has ended. Kernels that still use its address find other memory
    /// of the same region there.</summary>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref _isFreed, 1) == 0)
        {
            Region.Free(this);
        }
    }

    private void Check(ulong offset, ulong count)
    {
        if (Volatile.Read(ref _isFreed) != 0)
        {
            throw new GpuException(GpuErrorCode.InvalidHandle, "the buffer was freed");
        }
        if (offset > Length || count > Length - offset)
        {
            throw new GpuException(
                GpuErrorCode.InvalidRange, $"{count} bytes at {offset} are outside the buffer's {Length} bytes");
        }
    }
}

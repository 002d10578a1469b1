using TensorWasm.Engine;
using TensorWasm.Gpu;

namespace TensorWasm.Host;

/// <summary>Device memory.</summary>
public sealed partial class GpuGuest
{
    /// <summary>Longest piece that is copied at once: a span holds less than 2 GiB.</summary>
    private const uint PieceBytes = 1u << 30;

    private readonly HandleTable<DeviceBuffer> _buffers = new(GuestLimits.Buffers);

    internal int AllocateBuffer(ulong bytes)
    {
        var region = RequireRegion();
        if (_buffers.IsFull)
        {
            throw new HostCallException(HostError.QuotaExceeded, $"a sandbox has at most {GuestLimits.Buffers} buffers");
        }
        if (bytes == 0)
        {
            throw new HostCallException(HostError.InvalidArguments, "a buffer has at least one byte");
        }
        if (bytes > region.Layout.HeapSize)
        {
            throw new HostCallException(
                HostError.OutOfMemory,
                $"a buffer of {bytes} bytes does not fit into the {region.Layout.HeapSize} that this sandbox can address");
        }
        return _buffers.Add(region.Allocate(bytes));
    }

    internal void FreeBuffer(uint handle)
    {
        if (!_buffers.TryRemove(handle, out var buffer))
        {
            throw NoSuch("buffer", handle);
        }
        buffer.Dispose();
    }

    internal void WriteBuffer(Caller caller, uint handle, ulong offset, uint source, uint length)
    {
        var buffer = GetBuffer(handle);
        RequireRange(buffer, offset, length);
        GuestWindow.Require(caller, source, length);
        for (uint done = 0; done < length;)
        {
            var piece = Math.Min(length - done, PieceBytes);
            buffer.Write(offset + done, GuestWindow.Get(caller, source + done, piece));
            done += piece;
        }
    }

    internal void ReadBuffer(Caller caller, uint handle, ulong offset, uint destination, uint length)
    {
        var buffer = GetBuffer(handle);
        RequireRange(buffer, offset, length);
        GuestWindow.Require(caller, destination, length);
        for (uint done = 0; done < length;)
        {
            var piece = Math.Min(length - done, PieceBytes);
            buffer.Read(offset + done, GuestWindow.Get(caller, destination + done, piece));
            done += piece;
        }
    }

    internal void FillBuffer(uint handle, ulong offset, ulong length, byte value) =>
        GetBuffer(handle).Fill(offset, length, value);

    private DeviceBuffer GetBuffer(uint handle) =>
        _buffers.TryGet(handle, out var buffer) ? buffer : throw NoSuch("buffer", handle);

    private static void RequireRange(DeviceBuffer buffer, ulong offset, ulong length)
    {
        if (offset > buffer.Length || length > buffer.Length - offset)
        {
            throw new HostCallException(
                HostError.InvalidPointer, $"{length} bytes at {offset} are outside the buffer's {buffer.Length} bytes");
        }
    }
}

using System.Runtime.CompilerServices;

namespace TensorWasm.Wasi;

/// <content>Reading and writing: from guest memory straight to the host, nothing allocated.</content>
public sealed partial class WasiContext
{
    [SkipLocalsInit]
    internal Errno FdRead(
        GuestMemory memory, uint fd, uint vectors, uint count, uint result, CancellationToken interrupted)
    {
        Errno error = Find(fd, Rights.FdRead, out Descriptor descriptor);
        if (error != Errno.Success)
            return error;
        if (count > IoVector.Max)
            return Errno.Inval;
        Span<IoVector> buffers = stackalloc IoVector[(int)count];
        if (!memory.TryReadVectors(vectors, buffers) || !memory.Contains(result, sizeof(uint)))
            return Errno.Fault;
        error = descriptor.Read(buffers, interrupted, out uint moved);
        if (error == Errno.Success)
            memory.TryWriteUInt32(result, moved);
        return error;
    }

    [SkipLocalsInit]
    internal Errno FdWrite(
        GuestMemory memory, uint fd, uint vectors, uint count, uint result, CancellationToken interrupted)
    {
        Errno error = Find(fd, Rights.FdWrite, out Descriptor descriptor);
        if (error != Errno.Success)
            return error;
        if (count > IoVector.Max)
            return Errno.Inval;
        Span<IoVector> buffers = stackalloc IoVector[(int)count];
        if (!memory.TryReadVectors(vectors, buffers) || !memory.Contains(result, sizeof(uint)))
            return Errno.Fault;
        error = descriptor.Write(buffers, interrupted, out uint moved);
        if (error == Errno.Success)
            memory.TryWriteUInt32(result, moved);
        return error;
    }

    [SkipLocalsInit]
    internal Errno FdPread(GuestMemory memory, uint fd, uint vectors, uint count, ulong offset, uint result)
    {
        Errno error = Find(fd, Rights.FdRead | Rights.FdSeek, out Descriptor descriptor);
        if (error != Errno.Success)
            return error;
        if (count > IoVector.Max || offset > long.MaxValue)
            return Errno.Inval;
        Span<IoVector> buffers = stackalloc IoVector[(int)count];
        if (!memory.TryReadVectors(vectors, buffers) || !memory.Contains(result, sizeof(uint)))
            return Errno.Fault;
        error = descriptor.ReadAt(buffers, (long)offset, out uint moved);
        if (error == Errno.Success)
            memory.TryWriteUInt32(result, moved);
        return error;
    }

    [SkipLocalsInit]
    internal Errno FdPwrite(GuestMemory memory, uint fd, uint vectors, uint count, ulong offset, uint result)
    {
        Errno error = Find(fd, Rights.FdWrite | Rights.FdSeek, out Descriptor descriptor);
        if (error != Errno.Success)
            return error;
        if (count > IoVector.Max || offset > long.MaxValue)
            return Errno.Inval;
        Span<IoVector> buffers = stackalloc IoVector[(int)count];
        if (!memory.TryReadVectors(vectors, buffers) || !memory.Contains(result, sizeof(uint)))
            return Errno.Fault;
        error = descriptor.WriteAt(buffers, (long)offset, out uint moved);
        if (error == Errno.Success)
            memory.TryWriteUInt32(result, moved);
        return error;
    }
}

using System.Buffers.Binary;
using System.Runtime.CompilerServices;

namespace TensorWasm.Wasi;

/// <content>The sock_ functions.</content>
public sealed partial class WasiContext
{
    internal Errno SockAccept(GuestMemory memory, uint fd, uint flags, uint result, CancellationToken interrupted)
    {
        Errno error = FindSocket(fd, Rights.SockAccept, out SocketDescriptor socket);
        if (error != Errno.Success)
            return error;
        if ((flags & ~(uint)FdFlags.Nonblock) != 0)
            return Errno.Inval;
        if (!memory.Contains(result, sizeof(uint)))
            return Errno.Fault;
        if (!_descriptors.HasRoom)
            return Errno.Mfile;
        error = socket.Accept((flags & (uint)FdFlags.Nonblock) != 0, interrupted, out SocketDescriptor? accepted);
        if (accepted is null)
            return error;
        accepted.Flags = (FdFlags)flags;
        if (!_descriptors.TryAdd(accepted, out uint number))
        {
            accepted.Close();
            return Errno.Mfile;
        }

        memory.TryWriteUInt32(result, number);
        return Errno.Success;
    }

    [SkipLocalsInit]
    internal Errno SockReceive(
        GuestMemory memory, uint fd, uint vectors, uint count, uint flags, uint length, uint outFlags,
        CancellationToken interrupted)
    {
        Errno error = FindSocket(fd, Rights.FdRead, out SocketDescriptor socket);
        if (error != Errno.Success)
            return error;
        if (count > IoVector.Max || (flags & ~(uint)(ReceiveFlags.Peek | ReceiveFlags.WaitAll)) != 0)
            return Errno.Inval;
        Span<IoVector> buffers = stackalloc IoVector[(int)count];
        if (!memory.TryReadVectors(vectors, buffers) || !memory.Contains(length, sizeof(uint)) ||
            !memory.TryGetSpan(outFlags, sizeof(ushort), out Span<byte> flagsTarget))
        {
            return Errno.Fault;
        }

        error = socket.Receive(buffers, (ReceiveFlags)flags, interrupted, out uint moved, out bool truncated);
        if (error != Errno.Success)
            return error;
        memory.TryWriteUInt32(length, moved);
        BinaryPrimitives.WriteUInt16LittleEndian(flagsTarget, truncated ? (ushort)1 : (ushort)0);
        return Errno.Success;
    }

    [SkipLocalsInit]
    internal Errno SockSend(
        GuestMemory memory, uint fd, uint vectors, uint count, uint flags, uint length, CancellationToken interrupted)
    {
        Errno error = FindSocket(fd, Rights.FdWrite, out SocketDescriptor socket);
        if (error != Errno.Success)
            return error;

        // The snapshot defines no flag for sending.
        if (count > IoVector.Max || flags != 0)
            return Errno.Inval;
        Span<IoVector> buffers = stackalloc IoVector[(int)count];
        if (!memory.TryReadVectors(vectors, buffers) || !memory.Contains(length, sizeof(uint)))
            return Errno.Fault;
        error = socket.Write(buffers, interrupted, out uint moved);
        if (error == Errno.Success)
            memory.TryWriteUInt32(length, moved);
        return error;
    }

    internal Errno SockShutdown(uint fd, uint how)
    {
        Errno error = FindSocket(fd, Rights.SockShutdown, out SocketDescriptor socket);
        if (error != Errno.Success)
            return error;
        return how is 0 or > (uint)(ShutdownFlags.Receive | ShutdownFlags.Send)
            ? Errno.Inval
            : socket.Shutdown((ShutdownFlags)how);
    }
}

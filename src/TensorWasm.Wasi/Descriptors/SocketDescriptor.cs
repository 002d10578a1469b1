using System.Runtime.InteropServices;

namespace TensorWasm.Wasi;

/// <summary>A socket that was granted, or that a granted listener accepted. Its host calls never wait.</summary>
internal sealed class SocketDescriptor(
    SafeHandle handle, bool owned, FileType type, Rights rights, Rights inheriting, WaiterCache waiters)
    : Descriptor(type, rights, inheriting)
{
    private const ulong MaxTransfer = 0x7FFFF000;

    public override Errno GetStatus(out FileStatus status)
    {
        using HandleLease lease = new(handle);
        Errno error = Posix.GetStatus(lease.Number, out status);
        status = status with { Type = Type };
        return error;
    }

    public override Readiness GetReadiness(EventType type, Waiter waiter)
    {
        using HandleLease lease = new(handle);
        return Readiness.Ask(lease.Number);
    }

    public override Errno Read(Span<IoVector> vectors, CancellationToken interrupted, out uint count) =>
        Receive(vectors, ReceiveFlags.None, interrupted, out count, out _);

    public override Errno Write(Span<IoVector> vectors, CancellationToken interrupted, out uint count)
    {
        using HandleLease lease = new(handle);
        ulong total = 0;
        Errno error;
        while (true)
        {
            error = Posix.Send(lease.Number, vectors, out uint sent);
            total += sent;
            vectors = IoVector.Advance(vectors, sent);
            if (vectors.IsEmpty || total >= MaxTransfer || error is not (Errno.Success or Errno.Again))
                break;
            if (IsNonBlocking)
                break;
            if (error == Errno.Again)
                error = waiters.Wait(lease.Number, PollDescriptor.Out, interrupted);
            if (error != Errno.Success)
                break;
        }

        count = (uint)total;
        return total > 0 ? Errno.Success : error;
    }

    /// <summary>sock_recv. <paramref name="truncated"/>: the rest of a datagram was dropped.</summary>
    public Errno Receive(
        Span<IoVector> vectors, ReceiveFlags flags, CancellationToken interrupted, out uint count, out bool truncated)
    {
        using HandleLease lease = new(handle);
        bool peek = (flags & ReceiveFlags.Peek) != 0;
        bool all = (flags & ReceiveFlags.WaitAll) != 0 && !peek && Type == FileType.SocketStream;
        ulong total = 0;
        Errno error;
        while (true)
        {
            error = Posix.Receive(lease.Number, vectors, peek, out uint received, out truncated);
            total += received;
            if (error == Errno.Success)
            {
                vectors = IoVector.Advance(vectors, received);
                if (!all || received == 0 || vectors.IsEmpty || total >= MaxTransfer)
                    break;
            }
            else if (error != Errno.Again || IsNonBlocking)
            {
                break;
            }
            else if ((error = waiters.Wait(lease.Number, PollDescriptor.In, interrupted)) != Errno.Success)
            {
                break;
            }
        }

        count = (uint)total;
        return total > 0 ? Errno.Success : error;
    }

    /// <summary>sock_accept. Waits for a connection unless either descriptor's flags say not to.</summary>
    public Errno Accept(bool nonblocking, CancellationToken interrupted, out SocketDescriptor? accepted)
    {
        accepted = null;
        using HandleLease lease = new(handle);
        while (true)
        {
            // The host may have made the listener blocking, and a client may be gone before it is accepted.
            PollDescriptor listener = new() { Descriptor = lease.Number, Events = PollDescriptor.In };
            Errno error = Posix.Poll(new Span<PollDescriptor>(ref listener), 0, out int ready);
            if (error != Errno.Success)
                return error;
            if (ready != 0 && (error = Posix.Accept(lease.Number, out int number)) != Errno.Again)
            {
                if (error == Errno.Success)
                {
                    accepted = new SocketDescriptor(
                        new HostHandle(number, owned: true), owned: true, Type,
                        InheritingRights & RightsSets.Socket & ~Rights.SockAccept, Rights.None, waiters);
                }

                return error;
            }

            if (nonblocking || IsNonBlocking)
                return Errno.Again;
            if ((error = waiters.Wait(lease.Number, PollDescriptor.In, interrupted)) != Errno.Success)
                return error;
        }
    }

    /// <summary>sock_shutdown.</summary>
    public Errno Shutdown(ShutdownFlags how)
    {
        using HandleLease lease = new(handle);
        return Posix.Shutdown(lease.Number, how);
    }

    public override void Close()
    {
        if (owned)
            handle.Dispose();
    }
}

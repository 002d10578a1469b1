using System.Runtime.CompilerServices;

namespace TensorWasm.Wasi;

/// <summary>A file of the host: regular file, device, pipe or terminal.</summary>
internal sealed class FileDescriptor(
    HostHandle handle, FileType type, Blocking blocking, Rights rights, Rights inheriting, WaiterCache waiters)
    : HandleDescriptor(handle, type, rights, inheriting)
{
    // POLLOUT on a pipe promises room for PIPE_BUF bytes (pipe(7)); a longer write could wait for a reader.
    private const int PipeBuffer = 4096;

    // The host moves no more than this in one call (read(2)).
    private const ulong MaxTransfer = 0x7FFFF000;

    private const FdFlags WriteFlags = FdFlags.Append | FdFlags.Dsync | FdFlags.Sync | FdFlags.Rsync;

    public override Readiness GetReadiness(EventType type, Waiter waiter)
    {
        using HandleLease lease = new(Handle);
        if (blocking != Blocking.Never)
            return Readiness.Ask(lease.Number);
        if (type == EventType.FdWrite)
            return Readiness.Now(1);
        return Posix.GetStatus(lease.Number, out FileStatus status) == Errno.Success &&
            Posix.Seek(lease.Number, 0, Whence.Current, out ulong position) == Errno.Success &&
            position < status.Size
                ? Readiness.Now(status.Size - position)
                : Readiness.Now(0);
    }

    public override Errno Read(Span<IoVector> vectors, CancellationToken interrupted, out uint count)
    {
        using HandleLease lease = new(Handle);
        if (blocking == Blocking.Never)
            return Posix.Read(lease.Number, vectors, out count);
        if (IoVector.Advance(vectors, 0).IsEmpty)
        {
            count = 0;
            return Errno.Success;
        }

        bool wait = blocking == Blocking.ByPolling;
        while (true)
        {
            count = 0;
            if (wait && WaitFor(lease.Number, PollDescriptor.In, interrupted) is var error and not Errno.Success)
                return error;
            error = Posix.Read(lease.Number, vectors, out count);
            if (error != Errno.Again)
                return error;
            wait = true;
        }
    }

    public override Errno Write(Span<IoVector> vectors, CancellationToken interrupted, out uint count)
    {
        using HandleLease lease = new(Handle);
        if (blocking != Blocking.Never)
            return WriteWaiting(lease.Number, vectors, interrupted, out count);
        return (Flags & WriteFlags) == 0
            ? Posix.Write(lease.Number, vectors, out count)
            : WriteFlagged(lease.Number, vectors, -1, Flags, out count);
    }

    public override Errno ReadAt(Span<IoVector> vectors, long offset, out uint count)
    {
        using HandleLease lease = new(Handle);
        return Posix.ReadAt(lease.Number, vectors, offset, out count);
    }

    public override Errno WriteAt(Span<IoVector> vectors, long offset, out uint count)
    {
        using HandleLease lease = new(Handle);
        return (Flags & WriteFlags & ~FdFlags.Append) == 0
            ? Posix.WriteAt(lease.Number, vectors, offset, out count)
            : WriteFlagged(lease.Number, vectors, offset, Flags & ~FdFlags.Append, out count);
    }

    public override Errno Seek(long offset, Whence whence, out ulong position)
    {
        using HandleLease lease = new(Handle);
        return Posix.Seek(lease.Number, offset, whence, out position);
    }

    public override Errno SetSize(long size)
    {
        using HandleLease lease = new(Handle);
        return Posix.Truncate(lease.Number, size);
    }

    public override Errno Allocate(long offset, long length)
    {
        using HandleLease lease = new(Handle);
        return Posix.Allocate(lease.Number, offset, length);
    }

    public override Errno Advise(long offset, long length, Advice advice)
    {
        using HandleLease lease = new(Handle);
        return Posix.Advise(lease.Number, offset, length, advice);
    }

    /// <summary>Waits, or looks once where the descriptor must not block.</summary>
    private Errno WaitFor(int number, short events, CancellationToken interrupted)
    {
        if (!IsNonBlocking)
            return waiters.Wait(number, events, interrupted);
        PollDescriptor descriptor = new() { Descriptor = number, Events = events };
        Errno error = Posix.Poll(new Span<PollDescriptor>(ref descriptor), 0, out int ready);
        return error != Errno.Success ? error : ready == 0 ? Errno.Again : Errno.Success;
    }

    /// <summary>
    /// Writes to a pipe or terminal all there is to write, unless the descriptor must not block or the guest is
    /// interrupted. What was written until an error is a success: the next call meets the error again.
    /// </summary>
    [SkipLocalsInit]
    private Errno WriteWaiting(
        int number, Span<IoVector> vectors, CancellationToken interrupted, out uint count)
    {
        ulong total = 0;
        Errno error = Errno.Success;
        bool wait = blocking == Blocking.ByPolling;
        Span<IoVector> part = stackalloc IoVector[16];
        vectors = IoVector.Advance(vectors, 0);
        while (!vectors.IsEmpty && total < MaxTransfer)
        {
            if (wait && (error = WaitFor(number, PollDescriptor.Out, interrupted)) != Errno.Success)
                break;
            int parts = IoVector.Take(vectors, wait ? PipeBuffer : MaxTransfer - total, part);
            error = Posix.Write(number, part[..parts], out uint written);
            if (error == Errno.Again)
            {
                if (IsNonBlocking)
                    break;
                wait = true;
                continue;
            }

            if (error != Errno.Success)
                break;
            total += written;
            vectors = IoVector.Advance(vectors, written);
            wait = blocking == Blocking.ByPolling;
        }

        count = (uint)total;
        return total > 0 ? Errno.Success : error;
    }

    /// <summary>Writes with the guest's flags in force for this write alone.</summary>
    private static Errno WriteFlagged(
        int number, Span<IoVector> vectors, long offset, FdFlags flags, out uint count)
    {
        bool append = (flags & FdFlags.Append) != 0;
        bool sync = (flags & (FdFlags.Sync | FdFlags.Rsync)) != 0;
        int native = (append ? LinuxConstants.WriteAppend : 0) |
            (sync ? LinuxConstants.WriteSync
                : (flags & FdFlags.Dsync) != 0 ? LinuxConstants.WriteDataSync : 0);
        Errno error = Posix.WriteWithFlags(number, vectors, offset, native, out count);
        if (error is not (Errno.NotSup or Errno.NoSys))
            return error;

        // A file system or kernel without these flags: the same in two steps.
        if (append && (error = Posix.Seek(number, 0, Whence.End, out _)) != Errno.Success)
            return error;
        error = offset < 0
            ? Posix.Write(number, vectors, out count)
            : Posix.WriteAt(number, vectors, offset, out count);
        if (error == Errno.Success && sync)
            error = Posix.Synchronize(number);
        else if (error == Errno.Success && (flags & FdFlags.Dsync) != 0)
            error = Posix.SynchronizeData(number);
        return error;
    }
}

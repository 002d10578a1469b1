namespace TensorWasm.Wasi;

/// <content>Reading, writing and positions.</content>
internal static unsafe partial class Posix
{
    public static Errno Read(int descriptor, ReadOnlySpan<IoVector> vectors, out uint count)
    {
        fixed (IoVector* pointer = vectors)
        {
            nint result;
            do
                result = Libc.readv(descriptor, pointer, vectors.Length);
            while (result < 0 && Interrupted);
            return Count(result, out count);
        }
    }

    public static Errno ReadAt(int descriptor, ReadOnlySpan<IoVector> vectors, long offset, out uint count)
    {
        fixed (IoVector* pointer = vectors)
        {
            nint result;
            do
                result = Libc.preadv(descriptor, pointer, vectors.Length, offset);
            while (result < 0 && Interrupted);
            return Count(result, out count);
        }
    }

    public static Errno Write(int descriptor, ReadOnlySpan<IoVector> vectors, out uint count)
    {
        fixed (IoVector* pointer = vectors)
        {
            nint result;
            do
                result = Libc.writev(descriptor, pointer, vectors.Length);
            while (result < 0 && Interrupted);
            return Count(result, out count);
        }
    }

    public static Errno WriteAt(int descriptor, ReadOnlySpan<IoVector> vectors, long offset, out uint count)
    {
        fixed (IoVector* pointer = vectors)
        {
            nint result;
            do
                result = Libc.pwritev(descriptor, pointer, vectors.Length, offset);
            while (result < 0 && Interrupted);
            return Count(result, out count);
        }
    }

    /// <summary>
    /// pwritev2(2) with RWF flags: appending or synchronised for this write alone, so that the flags of an open
    /// file which the host shares with others stay as they are. Offset -1 is the current position.
    /// </summary>
    public static Errno WriteWithFlags(
        int descriptor, ReadOnlySpan<IoVector> vectors, long offset, int flags, out uint count)
    {
        fixed (IoVector* pointer = vectors)
        {
            nint result;
            do
            {
                result = Libc.syscall(
                    LinuxConstants.SyscallPositionedWrite2, descriptor, (nint)pointer, vectors.Length, (nint)offset,
                    0, flags);
            }
            while (result < 0 && Interrupted);
            return Count(result, out count);
        }
    }

    /// <summary>lseek(2); preview 1 numbers <paramref name="whence"/> as Linux does.</summary>
    public static Errno Seek(int descriptor, long offset, Whence whence, out ulong position)
    {
        long result = Libc.lseek(descriptor, offset, (int)whence);
        position = (ulong)Math.Max(result, 0);
        return result < 0 ? HostErrno.Last : Errno.Success;
    }

    public static Errno Truncate(int descriptor, long length) => Check(Libc.ftruncate(descriptor, length));

    /// <summary>fallocate(2), which unlike posix_fallocate(3) never falls back to writing the whole range.</summary>
    public static Errno Allocate(int descriptor, long offset, long length)
    {
        int result;
        do
            result = Libc.fallocate(descriptor, 0, offset, length);
        while (result < 0 && Interrupted);
        return Check(result);
    }

    public static Errno Advise(int descriptor, long offset, long length, Advice advice)
    {
        int native = advice switch
        {
            Advice.Sequential => 2,
            Advice.Random => 1,
            _ => (int)advice,
        };
        return HostErrno.Translate(Libc.posix_fadvise(descriptor, offset, length, native));
    }

    public static Errno Synchronize(int descriptor) => Check(Libc.fsync(descriptor));

    public static Errno SynchronizeData(int descriptor) => Check(Libc.fdatasync(descriptor));

    public static bool IsTerminal(int descriptor) => Libc.isatty(descriptor) == 1;

    /// <summary>The flags of the open file (fcntl(2), F_GETFL), or -1 where it is not open.</summary>
    public static int GetOpenFlags(int descriptor) => Libc.fcntl(descriptor, LinuxConstants.GetFlags, 0);

    /// <summary>Bytes that can be read at once (ioctl FIONREAD), or 0 where the host can't say.</summary>
    public static ulong BytesAvailable(int descriptor)
    {
        int available = 0;
        return Libc.ioctl(descriptor, LinuxConstants.BytesAvailable, &available) == 0 && available > 0
            ? (ulong)available
            : 0;
    }

    private static Errno Count(nint result, out uint count)
    {
        count = (uint)Math.Max(result, 0);
        return result < 0 ? HostErrno.Last : Errno.Success;
    }
}

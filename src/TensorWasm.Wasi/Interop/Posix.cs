using System.Runtime.InteropServices;

namespace TensorWasm.Wasi;

/// <summary>
/// The host's system calls over spans and WASI's error numbers. A call that a signal interrupted is repeated.
/// Paths are NUL-terminated.
/// </summary>
internal static unsafe partial class Posix
{
    private static bool Interrupted => Marshal.GetLastPInvokeError() == HostErrno.Intr;

    public static void Close(int descriptor) => _ = Libc.close(descriptor);

    /// <summary>openat(2): the new descriptor, or a negated Linux error number.</summary>
    public static int OpenAt(int directory, ReadOnlySpan<byte> path, int flags, uint mode)
    {
        fixed (byte* pointer = path)
        {
            int result;
            do
                result = Libc.openat(directory, pointer, flags, mode);
            while (result < 0 && Interrupted);
            return result < 0 ? -Marshal.GetLastPInvokeError() : result;
        }
    }

    /// <summary>openat2(2): the new descriptor, or a negated Linux error number.</summary>
    public static int OpenAt2(int directory, ReadOnlySpan<byte> path, in OpenHow how)
    {
        fixed (byte* pointer = path)
        fixed (OpenHow* howPointer = &how)
        {
            nint result;
            do
            {
                result = Libc.syscall(
                    LinuxConstants.SyscallOpenAt2, directory, (nint)pointer, (nint)howPointer, sizeof(OpenHow), 0, 0);
            }
            while (result < 0 && Interrupted);
            return result < 0 ? -Marshal.GetLastPInvokeError() : (int)result;
        }
    }

    public static Errno MakeDirectory(int directory, ReadOnlySpan<byte> name)
    {
        fixed (byte* pointer = name)
            return Check(Libc.mkdirat(directory, pointer, 0x1FF));
    }

    public static Errno Unlink(int directory, ReadOnlySpan<byte> name, bool removeDirectory)
    {
        fixed (byte* pointer = name)
            return Check(Libc.unlinkat(directory, pointer, removeDirectory ? LinuxConstants.AtRemoveDir : 0));
    }

    public static Errno Rename(
        int oldDirectory, ReadOnlySpan<byte> oldName, int newDirectory, ReadOnlySpan<byte> newName)
    {
        fixed (byte* oldPointer = oldName, newPointer = newName)
            return Check(Libc.renameat(oldDirectory, oldPointer, newDirectory, newPointer));
    }

    public static Errno Link(
        int oldDirectory, ReadOnlySpan<byte> oldName, int newDirectory, ReadOnlySpan<byte> newName, int flags)
    {
        fixed (byte* oldPointer = oldName, newPointer = newName)
            return Check(Libc.linkat(oldDirectory, oldPointer, newDirectory, newPointer, flags));
    }

    public static Errno SymbolicLink(ReadOnlySpan<byte> target, int directory, ReadOnlySpan<byte> name)
    {
        fixed (byte* targetPointer = target, pointer = name)
            return Check(Libc.symlinkat(targetPointer, directory, pointer));
    }

    /// <summary>readlinkat(2): the length of the part of the target that fits.</summary>
    public static Errno ReadLink(int directory, ReadOnlySpan<byte> name, Span<byte> target, out int length)
    {
        fixed (byte* pointer = name, targetPointer = target)
        {
            nint result = Libc.readlinkat(directory, pointer, targetPointer, (nuint)target.Length);
            length = (int)Math.Max(result, 0);
            return result < 0 ? HostErrno.Last : Errno.Success;
        }
    }

    /// <summary>utimensat(2) with nanoseconds already encoded.</summary>
    public static Errno SetTimes(int directory, ReadOnlySpan<byte> name, TimeSpec access, TimeSpec change, int flags)
    {
        TimeSpec* times = stackalloc TimeSpec[] { access, change };
        fixed (byte* pointer = name)
            return Check(Libc.utimensat(directory, pointer, times, flags));
    }

    /// <summary>futimens(3).</summary>
    public static Errno SetTimes(int descriptor, TimeSpec access, TimeSpec change)
    {
        TimeSpec* times = stackalloc TimeSpec[] { access, change };
        return Check(Libc.futimens(descriptor, times));
    }

    /// <summary>statx(2) of the file that <paramref name="descriptor"/> refers to.</summary>
    public static Errno GetStatus(int descriptor, out FileStatus status) =>
        GetStatus(descriptor, "\0"u8, LinuxConstants.AtEmptyPath, out status);

    /// <summary>statx(2).</summary>
    public static Errno GetStatus(int directory, ReadOnlySpan<byte> name, int flags, out FileStatus status)
    {
        StatusX raw = default;
        fixed (byte* pointer = name)
        {
            if (Libc.statx(directory, pointer, flags, LinuxConstants.StatusBasic, &raw) != 0)
            {
                status = default;
                return HostErrno.Last;
            }
        }

        // The encoding of makedev(3).
        ulong device = ((raw.DeviceMajor & 0xFFFFF000UL) << 32) | ((raw.DeviceMajor & 0xFFFUL) << 8) |
            ((raw.DeviceMinor & 0xFFFFFF00UL) << 12) | (raw.DeviceMinor & 0xFFUL);
        status = new FileStatus(
            device, raw.Inode, TypeOfMode(raw.Mode), raw.LinkCount, raw.Size,
            raw.Access.TotalNanoseconds, raw.Modification.TotalNanoseconds, raw.Change.TotalNanoseconds);
        return Errno.Success;
    }

    /// <summary>getdents64(2) into <paramref name="buffer"/>.</summary>
    public static Errno ReadDirectory(int descriptor, Span<byte> buffer, out int length)
    {
        fixed (byte* pointer = buffer)
        {
            nint result = Libc.syscall(
                LinuxConstants.SyscallGetDirectoryEntries, descriptor, (nint)pointer, buffer.Length, 0, 0, 0);
            length = (int)Math.Max(result, 0);
            return result < 0 ? HostErrno.Last : Errno.Success;
        }
    }

    private static FileType TypeOfMode(ushort mode) => (mode & LinuxConstants.ModeTypeMask) switch
    {
        LinuxConstants.ModeRegular => FileType.RegularFile,
        LinuxConstants.ModeDirectory => FileType.Directory,
        LinuxConstants.ModeLink => FileType.SymbolicLink,
        LinuxConstants.ModeCharacter => FileType.CharacterDevice,
        LinuxConstants.ModeBlock => FileType.BlockDevice,
        LinuxConstants.ModeSocket => FileType.SocketStream,
        _ => FileType.Unknown,
    };

    private static Errno Check(int result) => result < 0 ? HostErrno.Last : Errno.Success;
}

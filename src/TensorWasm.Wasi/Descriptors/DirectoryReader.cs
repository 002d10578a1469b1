using System.Buffers.Binary;
using System.Runtime.CompilerServices;

namespace TensorWasm.Wasi;

/// <summary>
/// fd_readdir over getdents64(2). A cookie is the host file system's own position (d_off), which stays good while
/// entries come and go and costs no memory, however large the directory.
/// </summary>
internal static class DirectoryReader
{
    private const int HostHeader = 19;
    private const int GuestHeader = 24;

    [SkipLocalsInit]
    public static Errno Read(
        DirectoryDescriptor directory, Span<byte> target, ulong cookie, CancellationToken interrupted, out uint used)
    {
        used = 0;
        if (cookie > long.MaxValue)
            return Errno.Inval;
        using HandleLease lease = new(directory.Handle);
        Errno error = Posix.GetStatus(lease.Number, out FileStatus self);
        if (error == Errno.Success)
            error = Posix.Seek(lease.Number, (long)cookie, Whence.Set, out _);
        Span<byte> buffer = stackalloc byte[8192];
        while (error == Errno.Success && used < target.Length)
        {
            if (interrupted.IsCancellationRequested)
                return Errno.Intr;
            error = Posix.ReadDirectory(lease.Number, buffer, out int length);
            if (error != Errno.Success || length == 0)
                break;
            for (Span<byte> rest = buffer[..length]; !rest.IsEmpty && used < target.Length;)
            {
                int size = BinaryPrimitives.ReadUInt16LittleEndian(rest[16..]);
                used += Write(lease.Number, rest[..size], self.Inode, target[(int)used..]);
                rest = rest[size..];
            }
        }

        return error;
    }

    /// <summary>Writes one entry, cut off where the target ends; answers the bytes written.</summary>
    private static uint Write(int directory, ReadOnlySpan<byte> entry, ulong self, Span<byte> target)
    {
        ReadOnlySpan<byte> name = entry[HostHeader..];
        name = name[..(name.IndexOf((byte)0) + 1)];

        // The parent of a granted folder is none of the guest's business, so ".." has the folder's own number.
        ulong inode = name.SequenceEqual("..\0"u8) ? self : BinaryPrimitives.ReadUInt64LittleEndian(entry);
        Span<byte> header = stackalloc byte[GuestHeader];
        header.Clear();
        entry[8..16].CopyTo(header);
        BinaryPrimitives.WriteUInt64LittleEndian(header[8..], inode);
        BinaryPrimitives.WriteUInt32LittleEndian(header[16..], (uint)name.Length - 1);
        header[20] = (byte)TypeOf(directory, entry[18], name);
        int used = Math.Min(header.Length, target.Length);
        header[..used].CopyTo(target);
        int rest = Math.Min(name.Length - 1, target.Length - used);
        name[..rest].CopyTo(target[used..]);
        return (uint)(used + rest);
    }

    private static FileType TypeOf(int directory, byte hostType, ReadOnlySpan<byte> name)
    {
        switch (hostType)
        {
            case 2:
                return FileType.CharacterDevice;
            case 4:
                return FileType.Directory;
            case 6:
                return FileType.BlockDevice;
            case 8:
                return FileType.RegularFile;
            case 10:
                return FileType.SymbolicLink;
            case 12:
                return FileType.SocketStream;
            case 0:
                // DT_UNKNOWN: a file system that keeps no types in its directories.
                return Posix.GetStatus(directory, name, LinuxConstants.AtSymlinkNoFollow, out FileStatus status)
                    == Errno.Success ? status.Type : FileType.Unknown;
            default:
                return FileType.Unknown;
        }
    }
}

using System.Runtime.CompilerServices;

namespace TensorWasm.Wasi;

/// <content>path_open.</content>
public sealed partial class WasiContext
{
    private const OpenFlags KnownOpenFlags =
        OpenFlags.Create | OpenFlags.Directory | OpenFlags.Exclusive | OpenFlags.Truncate;

    [SkipLocalsInit]
    internal Errno PathOpen(
        GuestMemory memory, uint fd, uint lookup, uint path, uint length, uint openFlags, ulong rights,
        ulong inheriting, uint flags, uint result)
    {
        Span<byte> buffer = stackalloc byte[GuestPath.BufferSize];
        Errno error = FindDirectory(fd, Rights.PathOpen, out DirectoryDescriptor directory);
        if (error != Errno.Success)
            return error;
        OpenFlags open = (OpenFlags)openFlags;
        const OpenFlags CreateDirectory = OpenFlags.Create | OpenFlags.Directory;
        if ((openFlags & ~(uint)KnownOpenFlags) != 0 || (flags & ~(uint)KnownFlags) != 0 ||
            (lookup & ~(uint)LookupFlags.SymlinkFollow) != 0 || (open & CreateDirectory) == CreateDirectory)
        {
            return Errno.Inval;
        }

        Rights wanted = (Rights)rights & RightsSets.Known;
        Rights passedOn = (Rights)inheriting & RightsSets.Known;
        if (Fails(CheckRights(directory, open, (FdFlags)flags, ref wanted, ref passedOn), out error) ||
            Fails(GuestPath.Read(memory, path, length, buffer, out Span<byte> text), out error))
        {
            return error;
        }

        if (!memory.Contains(result, sizeof(uint)))
            return Errno.Fault;
        if (!_descriptors.HasRoom)
            return Errno.Mfile;
        const uint Mode = 0x1B6; // 0666, less the umask of this process
        int native = GetNativeFlags(open, wanted, follow: lookup != 0);
        int number;
        using (HandleLease lease = new(directory.Handle))
            error = _resolver.Open(lease.Number, text, native, Mode, out number);
        if (error != Errno.Success)
            return error;
        if (Fails(Wrap(directory, number, wanted, passedOn, out Descriptor? opened), out error))
            return error;
        opened!.Flags = (FdFlags)flags;
        if (!_descriptors.TryAdd(opened, out uint guestNumber))
        {
            opened.Close();
            return Errno.Mfile;
        }

        memory.TryWriteUInt32(result, guestNumber);
        return Errno.Success;
    }

    /// <summary>
    /// A new descriptor has no right that its directory cannot pass on. The specification allows fewer rights than
    /// wanted where they do not apply to the file, and what a read-only grant withholds does not: Rust's standard
    /// library wants a dozen of those for any file. Only the wish to write is refused, as it would be unmet.
    /// </summary>
    private static Errno CheckRights(
        DirectoryDescriptor directory, OpenFlags open, FdFlags flags, ref Rights wanted, ref Rights passedOn)
    {
        Rights own = Rights.None;
        if ((open & OpenFlags.Create) != 0)
            own |= Rights.PathCreateFile;
        if ((open & OpenFlags.Truncate) != 0)
            own |= Rights.PathFilestatSetSize;
        if (directory.IsReadOnly)
        {
            wanted &= ~(RightsSets.Mutating & ~RightsSets.OpenForWriting);
            passedOn &= ~RightsSets.Mutating;
        }

        Rights inherited = wanted | passedOn;
        if ((flags & (FdFlags.Sync | FdFlags.Rsync)) != 0)
            inherited |= Rights.FdSync;
        else if ((flags & FdFlags.Dsync) != 0 && (directory.InheritingRights & Rights.FdSync) == 0)
            inherited |= Rights.FdDatasync;
        return (own & ~directory.Rights) == 0 && (inherited & ~directory.InheritingRights) == 0
            ? Errno.Success
            : Errno.NotCapable;
    }

    /// <summary>
    /// Every file is opened with O_NONBLOCK, which regular files ignore: to open a pipe that nobody writes, or to
    /// read it, would otherwise wait where no interruption reaches. The guest's own flags act in the descriptor.
    /// </summary>
    private static int GetNativeFlags(OpenFlags open, Rights wanted, bool follow)
    {
        bool write = (wanted & RightsSets.OpenForWriting) != 0;
        bool read = (wanted & (Rights.FdRead | Rights.FdReaddir)) != 0;
        int flags = LinuxConstants.NonBlock | LinuxConstants.NoControllingTerminal | LinuxConstants.CloseOnExec;
        flags |= !write ? LinuxConstants.ReadOnly : read ? LinuxConstants.ReadWrite : LinuxConstants.WriteOnly;
        if (!follow)
            flags |= LinuxConstants.NoFollow;
        if ((open & OpenFlags.Create) != 0)
            flags |= LinuxConstants.Create;
        if ((open & OpenFlags.Exclusive) != 0 && (open & OpenFlags.Create) != 0)
            flags |= LinuxConstants.Exclusive;
        if ((open & OpenFlags.Truncate) != 0)
            flags |= LinuxConstants.Truncate;
        if ((open & OpenFlags.Directory) != 0)
            flags |= LinuxConstants.Directory;
        return flags;
    }

    /// <summary>Makes a descriptor of an open file, which it closes where that fails.</summary>
    private Errno Wrap(
        DirectoryDescriptor directory, int number, Rights wanted, Rights passedOn, out Descriptor? opened)
    {
        opened = null;
        Errno error = Posix.GetStatus(number, out FileStatus status);
        if (error != Errno.Success)
        {
            Posix.Close(number);
            return error;
        }

        HostHandle handle = new(number, owned: true);
        bool waits = status.Type == FileType.Unknown ||
            (status.Type == FileType.CharacterDevice && Posix.IsTerminal(number));
        opened = status.Type == FileType.Directory
            ? new DirectoryDescriptor(handle, directory.IsReadOnly, wanted & RightsSets.Directory, passedOn, null)
            : new FileDescriptor(
                handle, status.Type,
                status.Type is FileType.RegularFile or FileType.BlockDevice ? Blocking.Never : Blocking.ByHost,
                wanted & (waits ? RightsSets.Pipe : RightsSets.File), passedOn, _waiters);
        return Errno.Success;
    }
}

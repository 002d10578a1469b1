namespace TensorWasm.Wasi;

/// <summary>Opens the descriptors 0, 1 and 2.</summary>
internal static class StandardDescriptors
{
    private const int AccessMode = 3;

    public static Descriptor Open(StandardStream source, int number, WaiterCache waiters)
    {
        if (source.Stream is { } stream)
            return number == 0 ? new StreamInputDescriptor(stream) : new StreamOutputDescriptor(stream);
        return source.IsInherited ? Inherit(number, waiters) : new NullDescriptor();
    }

    private static Descriptor Inherit(int number, WaiterCache waiters)
    {
        int flags = Posix.GetOpenFlags(number);
        if (flags < 0 || Posix.GetStatus(number, out FileStatus status) != Errno.Success)
            return new NullDescriptor();
        bool terminal = Posix.IsTerminal(number);
        bool isFile = status.Type is FileType.RegularFile or FileType.BlockDevice ||
            (status.Type == FileType.CharacterDevice && !terminal);
        Rights rights = isFile ? RightsSets.File : RightsSets.Pipe;
        int mode = flags & AccessMode;
        rights &= number == 0 || mode == LinuxConstants.ReadOnly ? ~RightsSets.OpenForWriting : ~Rights.FdRead;
        if (mode == LinuxConstants.WriteOnly)
            rights &= ~Rights.FdRead;
        Blocking blocking = isFile ? Blocking.Never
            : (flags & LinuxConstants.NonBlock) != 0 ? Blocking.ByHost
            : Blocking.ByPolling;
        return new FileDescriptor(
            new HostHandle(number, owned: false), status.Type, blocking, rights, Rights.None, waiters);
    }
}

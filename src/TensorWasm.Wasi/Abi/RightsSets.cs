namespace TensorWasm.Wasi;

/// <summary>The rights that apply to each kind of descriptor, and those that a read-only grant withholds.</summary>
internal static class RightsSets
{
    /// <summary>Every right that the snapshot defines; higher bits apply to nothing.</summary>
    public const Rights Known = (Rights)((1UL << 30) - 1);

    /// <summary>What applies to a regular file, block device or seekable character device.</summary>
    public const Rights File =
        Rights.FdDatasync | Rights.FdRead | Rights.FdSeek | Rights.FdFdstatSetFlags | Rights.FdSync |
        Rights.FdTell | Rights.FdWrite | Rights.FdAdvise | Rights.FdAllocate | Rights.FdFilestatGet |
        Rights.FdFilestatSetSize | Rights.FdFilestatSetTimes | Rights.PollFdReadwrite;

    /// <summary>What applies to a pipe or terminal. wasi-libc's isatty(3) looks for neither seek nor tell.</summary>
    public const Rights Pipe =
        Rights.FdRead | Rights.FdFdstatSetFlags | Rights.FdWrite | Rights.FdFilestatGet | Rights.PollFdReadwrite;

    /// <summary>What applies to a connected or listening socket.</summary>
    public const Rights Socket = Pipe | Rights.SockShutdown | Rights.SockAccept;

    /// <summary>What applies to a directory itself.</summary>
    public const Rights Directory =
        Rights.FdFdstatSetFlags | Rights.FdSync | Rights.FdDatasync | Rights.PathCreateDirectory |
        Rights.PathCreateFile | Rights.PathLinkSource | Rights.PathLinkTarget | Rights.PathOpen |
        Rights.FdReaddir | Rights.PathReadlink | Rights.PathRenameSource | Rights.PathRenameTarget |
        Rights.PathFilestatGet | Rights.PathFilestatSetSize | Rights.PathFilestatSetTimes |
        Rights.FdFilestatGet | Rights.FdFilestatSetTimes | Rights.PathSymlink |
        Rights.PathRemoveDirectory | Rights.PathUnlinkFile;

    /// <summary>What a directory may pass on to what is opened through it.</summary>
    public const Rights DirectoryInheriting = Directory | File;

    /// <summary>Rights that need the file open for writing.</summary>
    public const Rights OpenForWriting = Rights.FdWrite | Rights.FdAllocate | Rights.FdFilestatSetSize;

    /// <summary>
    /// Rights that change the file system. A link made from a read-only folder into a writable one would make
    /// the file writable there, so being the source of a link counts as a change.
    /// </summary>
    public const Rights Mutating =
        OpenForWriting | Rights.FdFilestatSetTimes | Rights.PathCreateDirectory | Rights.PathCreateFile |
        Rights.PathLinkSource | Rights.PathLinkTarget | Rights.PathRenameSource | Rights.PathRenameTarget |
        Rights.PathFilestatSetSize | Rights.PathFilestatSetTimes | Rights.PathSymlink |
        Rights.PathRemoveDirectory | Rights.PathUnlinkFile;
}

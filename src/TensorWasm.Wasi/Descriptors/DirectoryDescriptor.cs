namespace TensorWasm.Wasi;

/// <summary>A directory of the host.</summary>
internal sealed class DirectoryDescriptor(
    HostHandle handle, bool isReadOnly, Rights rights, Rights inheriting, byte[]? guestPath)
    : HandleDescriptor(handle, FileType.Directory, rights, inheriting)
{
    /// <summary>The grant that this directory comes from withholds <see cref="RightsSets.Mutating"/>.</summary>
    public bool IsReadOnly => isReadOnly;

    /// <summary>Under which path a folder was granted (fd_prestat_dir_name); null for all other directories.</summary>
    public byte[]? GuestPath => guestPath;

    public override Readiness GetReadiness(EventType type, Waiter waiter) => Readiness.Now(0);
}

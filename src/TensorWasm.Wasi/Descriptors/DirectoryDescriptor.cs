namespace TensorWasm.Wasi;

/// <summary>A directory of the host.</summary>
internal sealed class DirectoryDescriptor(
    HostHandle handle, bool isReadOnly, Rights rights, Rights inheriting, byte[]? guestPath)
    : Descriptor(FileType.Directory, rights, inheriting)
{
    /// <summary>The open directory.</summary>
    public HostHandle Handle => handle;

    /// <summary>The grant that this directory comes from withholds <see cref="RightsSets.Mutating"/>.</summary>
    public bool IsReadOnly => isReadOnly;

    /// <summary>Under which path a folder was granted (fd_prestat_dir_name); null for all other directories.</summary>
    public byte[]? GuestPath => guestPath;

    public override Errno GetStatus(out FileStatus status)
    {
        using HandleLease lease = new(handle);
        return Posix.GetStatus(lease.Number, out status);
    }

    public override Readiness GetReadiness(EventType type, Waiter waiter) => Readiness.Now(0);

    public override Errno Synchronize()
    {
        using HandleLease lease = new(handle);
        return Posix.Synchronize(lease.Number);
    }

    public override Errno SynchronizeData()
    {
        using HandleLease lease = new(handle);
        return Posix.SynchronizeData(lease.Number);
    }

    public override Errno SetTimes(TimeSpec access, TimeSpec modification)
    {
        using HandleLease lease = new(handle);
        return Posix.SetTimes(lease.Number, access, modification);
    }

    public override void Close() => handle.Dispose();
}

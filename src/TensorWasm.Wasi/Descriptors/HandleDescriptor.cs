namespace TensorWasm.Wasi;

/// <summary>What the host has open for the guest: what files and directories have in common.</summary>
internal abstract class HandleDescriptor(HostHandle handle, FileType type, Rights rights, Rights inheriting)
    : Descriptor(type, rights, inheriting)
{
    /// <summary>What is open.</summary>
    public HostHandle Handle => handle;

    public override Errno GetStatus(out FileStatus status)
    {
        using HandleLease lease = new(handle);
        return Posix.GetStatus(lease.Number, out status);
    }

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

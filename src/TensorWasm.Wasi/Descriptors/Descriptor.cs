namespace TensorWasm.Wasi;

/// <summary>
/// What a guest's descriptor refers to. The functions check rights before they call; an operation that a kind
/// lacks answers what the host's call would.
/// </summary>
internal abstract class Descriptor(FileType type, Rights rights, Rights inheriting)
{
    /// <summary>The kind of the file.</summary>
    public FileType Type { get; } = type;

    /// <summary>What may be done with this descriptor.</summary>
    public Rights Rights { get; set; } = rights;

    /// <summary>What may at most be done with descriptors opened through this one.</summary>
    public Rights InheritingRights { get; set; } = inheriting;

    /// <summary>The flags. They are the guest's own: the host's open file never has them changed.</summary>
    public FdFlags Flags { get; set; }

    /// <summary>Whether calls return <see cref="Errno.Again"/> instead of waiting.</summary>
    protected bool IsNonBlocking => (Flags & FdFlags.Nonblock) != 0;

    public abstract Errno GetStatus(out FileStatus status);

    /// <summary>What poll_oneoff has to do for a subscription to this descriptor.</summary>
    public abstract Readiness GetReadiness(EventType type, Waiter waiter);

    public virtual Errno Read(Span<IoVector> vectors, CancellationToken interrupted, out uint count)
    {
        count = 0;
        return Errno.Badf;
    }

    public virtual Errno Write(Span<IoVector> vectors, CancellationToken interrupted, out uint count)
    {
        count = 0;
        return Errno.Badf;
    }

    public virtual Errno ReadAt(Span<IoVector> vectors, long offset, out uint count)
    {
        count = 0;
        return Errno.Spipe;
    }

    public virtual Errno WriteAt(Span<IoVector> vectors, long offset, out uint count)
    {
        count = 0;
        return Errno.Spipe;
    }

    public virtual Errno Seek(long offset, Whence whence, out ulong position)
    {
        position = 0;
        return Errno.Spipe;
    }

    public virtual Errno SetSize(long size) => Errno.Inval;

    public virtual Errno Allocate(long offset, long length) => Errno.Spipe;

    public virtual Errno Advise(long offset, long length, Advice advice) => Errno.Spipe;

    public virtual Errno Synchronize() => Errno.Inval;

    public virtual Errno SynchronizeData() => Errno.Inval;

    public virtual Errno SetTimes(TimeSpec access, TimeSpec modification) => Errno.Inval;

    /// <summary>Gives up what the descriptor owns.</summary>
    public virtual void Close()
    {
    }
}

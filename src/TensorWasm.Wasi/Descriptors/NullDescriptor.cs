namespace TensorWasm.Wasi;

/// <summary>
/// Stands where no standard stream was granted: at its end for reading, a sink for writing, as /dev/null is. With
/// the number left free, the first file that a guest opens would become its standard output.
/// </summary>
internal sealed class NullDescriptor()
    : Descriptor(FileType.CharacterDevice, RightsSets.File & ~Rights.FdAllocate, Rights.None)
{
    public override Errno GetStatus(out FileStatus status)
    {
        status = new FileStatus(0, 0, Type, 1, 0, 0, 0, 0);
        return Errno.Success;
    }

    public override Readiness GetReadiness(EventType type, Waiter waiter) =>
        Readiness.Now(type == EventType.FdWrite ? 1UL : 0);

    public override Errno Read(Span<IoVector> vectors, CancellationToken interrupted, out uint count)
    {
        count = 0;
        return Errno.Success;
    }

    public override Errno Write(Span<IoVector> vectors, CancellationToken interrupted, out uint count)
    {
        ulong total = 0;
        foreach (IoVector vector in vectors)
            total += vector.Length;
        count = (uint)Math.Min(total, uint.MaxValue);
        return Errno.Success;
    }

    public override Errno ReadAt(Span<IoVector> vectors, long offset, out uint count) =>
        Read(vectors, CancellationToken.None, out count);

    public override Errno WriteAt(Span<IoVector> vectors, long offset, out uint count) =>
        Write(vectors, CancellationToken.None, out count);

    public override Errno Seek(long offset, Whence whence, out ulong position)
    {
        position = 0;
        return Errno.Success;
    }

    public override Errno Advise(long offset, long length, Advice advice) => Errno.Success;
}

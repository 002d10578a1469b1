using System.Buffers.Binary;

namespace TensorWasm.Wasi;

/// <content>The fd_ functions but reading and writing.</content>
public sealed partial class WasiContext
{
    private const FdFlags KnownFlags =
        FdFlags.Append | FdFlags.Dsync | FdFlags.Nonblock | FdFlags.Rsync | FdFlags.Sync;

    internal Errno FdAdvise(uint fd, ulong offset, ulong length, uint advice)
    {
        Errno error = Find(fd, Rights.FdAdvise, out Descriptor descriptor);
        if (error != Errno.Success)
            return error;
        return offset > long.MaxValue || length > long.MaxValue || advice > (uint)Advice.NoReuse
            ? Errno.Inval
            : descriptor.Advise((long)offset, (long)length, (Advice)advice);
    }

    internal Errno FdAllocate(uint fd, ulong offset, ulong length)
    {
        Errno error = Find(fd, Rights.FdAllocate, out Descriptor descriptor);
        if (error != Errno.Success)
            return error;
        if (length == 0)
            return Errno.Inval;
        return offset > long.MaxValue || length > long.MaxValue || offset + length > long.MaxValue
            ? Errno.Fbig
            : descriptor.Allocate((long)offset, (long)length);
    }

    internal Errno FdClose(uint fd)
    {
        if (!_descriptors.TryRemove(fd, out Descriptor? descriptor))
            return Errno.Badf;
        descriptor.Close();
        return Errno.Success;
    }

    internal Errno FdDatasync(uint fd)
    {
        Errno error = Find(fd, Rights.FdDatasync, out Descriptor descriptor);
        return error != Errno.Success ? error : descriptor.SynchronizeData();
    }

    internal Errno FdSync(uint fd)
    {
        Errno error = Find(fd, Rights.FdSync, out Descriptor descriptor);
        return error != Errno.Success ? error : descriptor.Synchronize();
    }

    internal Errno FdStatusGet(GuestMemory memory, uint fd, uint result)
    {
        Errno error = Find(fd, Rights.None, out Descriptor descriptor);
        if (error != Errno.Success)
            return error;
        if (!memory.TryGetSpan(result, 24, out Span<byte> target))
            return Errno.Fault;
        target.Clear();
        target[0] = (byte)descriptor.Type;
        BinaryPrimitives.WriteUInt16LittleEndian(target[2..], (ushort)descriptor.Flags);
        BinaryPrimitives.WriteUInt64LittleEndian(target[8..], (ulong)descriptor.Rights);
        BinaryPrimitives.WriteUInt64LittleEndian(target[16..], (ulong)descriptor.InheritingRights);
        return Errno.Success;
    }

    internal Errno FdStatusSetFlags(uint fd, uint flags)
    {
        Errno error = Find(fd, Rights.FdFdstatSetFlags, out Descriptor descriptor);
        if (error != Errno.Success)
            return error;
        if ((flags & ~(uint)KnownFlags) != 0)
            return Errno.Inval;
        descriptor.Flags = (FdFlags)flags;
        return Errno.Success;
    }

    /// <summary>Rights can be given up, never gained.</summary>
    internal Errno FdStatusSetRights(uint fd, ulong rights, ulong inheriting)
    {
        Errno error = Find(fd, Rights.None, out Descriptor descriptor);
        if (error != Errno.Success)
            return error;
        if (((Rights)rights & ~descriptor.Rights) != 0 || ((Rights)inheriting & ~descriptor.InheritingRights) != 0)
            return Errno.NotCapable;
        descriptor.Rights = (Rights)rights;
        descriptor.InheritingRights = (Rights)inheriting;
        return Errno.Success;
    }

    internal Errno FdFileStatusGet(GuestMemory memory, Snapshot snapshot, uint fd, uint result)
    {
        Errno error = Find(fd, Rights.FdFilestatGet, out Descriptor descriptor);
        if (error == Errno.Success)
            error = descriptor.GetStatus(out FileStatus status) is var failure and not Errno.Success
                ? failure
                : WriteStatus(memory, snapshot, status, result);
        return error;
    }

    internal Errno FdFileStatusSetSize(uint fd, ulong size)
    {
        Errno error = Find(fd, Rights.FdFilestatSetSize, out Descriptor descriptor);
        if (error != Errno.Success)
            return error;
        return size > long.MaxValue ? Errno.Fbig : descriptor.SetSize((long)size);
    }

    internal Errno FdFileStatusSetTimes(uint fd, ulong access, ulong modification, uint flags)
    {
        Errno error = Find(fd, Rights.FdFilestatSetTimes, out Descriptor descriptor);
        if (error == Errno.Success)
            error = GetTimes(access, modification, flags, out TimeSpec first, out TimeSpec second) is var failure
                and not Errno.Success ? failure : descriptor.SetTimes(first, second);
        return error;
    }

    internal Errno FdPrestatGet(GuestMemory memory, uint fd, uint result)
    {
        Errno error = Find(fd, Rights.None, out Descriptor descriptor);
        if (error != Errno.Success)
            return error;

        // wasi-libc counts up from 3 until it meets badf, whatever else may be open.
        if (descriptor is not DirectoryDescriptor { GuestPath: { } path })
            return Errno.Badf;
        if (!memory.TryGetSpan(result, 8, out Span<byte> target))
            return Errno.Fault;
        target.Clear();
        BinaryPrimitives.WriteInt32LittleEndian(target[4..], path.Length);
        return Errno.Success;
    }

    internal Errno FdPrestatDirectoryName(GuestMemory memory, uint fd, uint buffer, uint length)
    {
        Errno error = Find(fd, Rights.None, out Descriptor descriptor);
        if (error != Errno.Success)
            return error;
        if (descriptor is not DirectoryDescriptor { GuestPath: { } path })
            return Errno.Badf;
        if (length < (uint)path.Length)
            return Errno.NameTooLong;
        if (!memory.TryGetSpan(buffer, (uint)path.Length, out Span<byte> target))
            return Errno.Fault;
        path.CopyTo(target);
        return Errno.Success;
    }

    internal Errno FdReaddir(
        GuestMemory memory, uint fd, uint buffer, uint length, ulong cookie, uint result, CancellationToken interrupted)
    {
        Errno error = FindDirectory(fd, Rights.FdReaddir, out DirectoryDescriptor directory);
        if (error != Errno.Success)
            return error;
        if (!memory.Contains(buffer, length) ||
            !memory.TryGetSpan(buffer, Math.Min(length, int.MaxValue), out Span<byte> target) ||
            !memory.Contains(result, sizeof(uint)))
        {
            return Errno.Fault;
        }

        error = DirectoryReader.Read(directory, target, cookie, interrupted, out uint used);
        if (error == Errno.Success)
            memory.TryWriteUInt32(result, used);
        return error;
    }

    internal Errno FdRenumber(uint from, uint to)
    {
        if (!_descriptors.TryRenumber(from, to, out Descriptor? replaced))
            return Errno.Badf;
        replaced?.Close();
        return Errno.Success;
    }

    /// <summary>Where <c>wasi_unstable</c> counts from: current, end, set.</summary>
    internal static Whence TranslateWhence(Snapshot snapshot, uint whence) =>
        snapshot == Snapshot.Preview1 ? (Whence)Math.Min(whence, byte.MaxValue) : whence switch
        {
            0 => Whence.Current,
            1 => Whence.End,
            2 => Whence.Set,
            _ => (Whence)byte.MaxValue,
        };

    internal Errno FdSeek(GuestMemory memory, Snapshot snapshot, uint fd, long offset, uint whence, uint result)
    {
        Whence from = TranslateWhence(snapshot, whence);
        bool tells = offset == 0 && from == Whence.Current;
        Errno error = Find(fd, Rights.None, out Descriptor descriptor);
        if (error != Errno.Success)
            return error;
        Rights enough = tells ? Rights.FdSeek | Rights.FdTell : Rights.FdSeek;
        if ((descriptor.Rights & enough) == 0)
            return Errno.NotCapable;
        if (from > Whence.End)
            return Errno.Inval;
        if (!memory.Contains(result, sizeof(ulong)))
            return Errno.Fault;
        error = descriptor.Seek(offset, from, out ulong position);
        if (error == Errno.Success)
            memory.TryWriteUInt64(result, position);
        return error;
    }

    internal Errno FdTell(GuestMemory memory, uint fd, uint result) =>
        FdSeek(memory, Snapshot.Preview1, fd, 0, (uint)Whence.Current, result);

    private static Errno WriteStatus(GuestMemory memory, Snapshot snapshot, in FileStatus status, uint result)
    {
        if (!memory.TryGetSpan(result, (uint)FileStatus.SizeOf(snapshot), out Span<byte> target))
            return Errno.Fault;
        status.Write(target, snapshot);
        return Errno.Success;
    }

    private Errno GetTimes(
        ulong access, ulong modification, uint flags, out TimeSpec accessTime, out TimeSpec modificationTime)
    {
        const TimestampFlags Accesses = TimestampFlags.Access | TimestampFlags.AccessNow;
        const TimestampFlags Modifications = TimestampFlags.Modification | TimestampFlags.ModificationNow;
        TimestampFlags wanted = (TimestampFlags)flags;
        accessTime = modificationTime = default;
        if (flags > (uint)(Accesses | Modifications) ||
            (wanted & Accesses) == Accesses || (wanted & Modifications) == Modifications)
        {
            return Errno.Inval;
        }

        accessTime = GetTime(access, (wanted & TimestampFlags.Access) != 0, (wanted & TimestampFlags.AccessNow) != 0);
        modificationTime = GetTime(
            modification, (wanted & TimestampFlags.Modification) != 0, (wanted & TimestampFlags.ModificationNow) != 0);
        return Errno.Success;
    }

    /// <summary>Now is the guest's own clock's, where that is not the host's.</summary>
    private TimeSpec GetTime(ulong value, bool set, bool now) =>
        set ? TimeSpec.FromNanoseconds(value)
        : !now ? new TimeSpec { Nanoseconds = TimeSpec.Omit }
        : _clock is ProviderGuestClock clock ? TimeSpec.FromNanoseconds(clock.GetTime(ClockId.Realtime))
        : new TimeSpec { Nanoseconds = TimeSpec.Now };
}

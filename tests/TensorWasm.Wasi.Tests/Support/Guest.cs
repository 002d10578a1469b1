using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text;

namespace TensorWasm.Wasi.Tests.Support;

/// <summary>
/// Plays a guest: a linear memory, and calls as a guest would make them, with everything passed through memory.
/// </summary>
internal sealed class Guest : IDisposable
{
    public const uint FirstFolder = 3;

    private const uint Result = 16;
    private const uint ScratchStart = 4096;

    private readonly byte[] _memory;
    private uint _scratch = ScratchStart;

    public Guest(WasiConfiguration configuration, PathResolver? resolver = null, int memorySize = 1 << 20)
    {
        Context = new WasiContext(configuration, resolver);
        _memory = GC.AllocateArray<byte>(memorySize, pinned: true);
    }

    public WasiContext Context { get; }

    public Snapshot Snapshot { get; init; } = Snapshot.Preview1;

    public CancellationToken Interrupted { get; set; }

    public GuestMemory Memory => new(_memory);

    public Span<byte> Bytes => _memory;

    public static PathResolver Resolver(string name) =>
        name == "openat2" ? new KernelPathResolver() : new WalkingPathResolver();

    public void Dispose() => Context.Dispose();

    /// <summary>Room in the guest's memory, never reused, so that stale contents cannot help a test pass.</summary>
    public uint Allocate(int size)
    {
        uint address = _scratch;
        _scratch += (uint)((size + 15) & ~15);
        if (_scratch > _memory.Length)
        {
            _scratch = ScratchStart;
            return Allocate(size);
        }

        _memory.AsSpan((int)address, size).Fill(0xCC);
        return address;
    }

    public (uint Address, uint Length) Text(string text) => Text(Encoding.UTF8.GetBytes(text));

    public (uint Address, uint Length) Text(byte[] bytes)
    {
        uint address = Allocate(bytes.Length + 1);
        bytes.CopyTo(Bytes[(int)address..]);
        return (address, (uint)bytes.Length);
    }

    public uint ReadUInt32(uint address) => BinaryPrimitives.ReadUInt32LittleEndian(Bytes[(int)address..]);

    public ulong ReadUInt64(uint address) => BinaryPrimitives.ReadUInt64LittleEndian(Bytes[(int)address..]);

    public void WriteUInt32(uint address, uint value) =>
        BinaryPrimitives.WriteUInt32LittleEndian(Bytes[(int)address..], value);

    public void WriteUInt64(uint address, ulong value) =>
        BinaryPrimitives.WriteUInt64LittleEndian(Bytes[(int)address..], value);

    public Errno Open(
        string path, out uint fd, OpenFlags flags = 0, Rights rights = Rights.FdRead | Rights.FdSeek | Rights.FdTell,
        Rights inheriting = 0, FdFlags fdFlags = 0, bool follow = true, uint directory = FirstFolder)
    {
        var (address, length) = Text(path);
        Errno error = Context.PathOpen(
            Memory, directory, follow ? 1u : 0, address, length, (uint)flags, (ulong)rights, (ulong)inheriting,
            (uint)fdFlags, Result);
        fd = error == Errno.Success ? ReadUInt32(Result) : uint.MaxValue;
        return error;
    }

    public uint MustOpen(
        string path, OpenFlags flags = 0, Rights rights = Rights.FdRead | Rights.FdSeek | Rights.FdTell,
        Rights inheriting = 0, FdFlags fdFlags = 0, uint directory = FirstFolder)
    {
        Assert.Equal(Errno.Success, Open(path, out uint fd, flags, rights, inheriting, fdFlags, directory: directory));
        return fd;
    }

    public Errno Create(string path, string content, uint directory = FirstFolder)
    {
        Errno error = Open(path, out uint fd, OpenFlags.Create, Rights.FdWrite | Rights.FdSeek, directory: directory);
        if (error != Errno.Success)
            return error;
        error = Write(fd, content, out _);
        Assert.Equal(Errno.Success, Context.FdClose(fd));
        return error;
    }

    public uint Vectors(params ReadOnlySpan<(uint Address, uint Length)> buffers)
    {
        uint address = Allocate(buffers.Length * 8);
        for (int i = 0; i < buffers.Length; i++)
        {
            WriteUInt32(address + ((uint)i * 8), buffers[i].Address);
            WriteUInt32(address + ((uint)i * 8) + 4, buffers[i].Length);
        }

        return address;
    }

    public Errno Write(uint fd, string text, out uint count)
    {
        uint vectors = Vectors(Text(text));
        Errno error = Context.FdWrite(Memory, fd, vectors, 1, Result, Interrupted);
        count = error == Errno.Success ? ReadUInt32(Result) : 0;
        return error;
    }

    public Errno Read(uint fd, int length, out string text)
    {
        uint buffer = Allocate(length);
        Errno error = Context.FdRead(Memory, fd, Vectors((buffer, (uint)length)), 1, Result, Interrupted);
        text = error == Errno.Success
            ? Encoding.UTF8.GetString(Bytes.Slice((int)buffer, (int)ReadUInt32(Result)))
            : string.Empty;
        return error;
    }

    public Errno Pread(uint fd, int length, ulong offset, out string text)
    {
        uint buffer = Allocate(length);
        Errno error = Context.FdPread(Memory, fd, Vectors((buffer, (uint)length)), 1, offset, Result);
        text = error == Errno.Success
            ? Encoding.UTF8.GetString(Bytes.Slice((int)buffer, (int)ReadUInt32(Result)))
            : string.Empty;
        return error;
    }

    public Errno Pwrite(uint fd, string text, ulong offset) =>
        Context.FdPwrite(Memory, fd, Vectors(Text(text)), 1, offset, Result);

    public Errno Seek(uint fd, long offset, uint whence, out ulong position)
    {
        Errno error = Context.FdSeek(Memory, Snapshot, fd, offset, whence, Result);
        position = error == Errno.Success ? ReadUInt64(Result) : 0;
        return error;
    }

    /// <summary>Reads a file through the guest, or answers why not.</summary>
    public Errno ReadFile(string path, out string text, bool follow = true, uint directory = FirstFolder)
    {
        text = string.Empty;
        Errno error = Open(path, out uint fd, follow: follow, directory: directory);
        if (error != Errno.Success)
            return error;
        error = Read(fd, 4096, out text);
        Context.FdClose(fd);
        return error;
    }

    public Errno Stat(string path, out FileStatus status, bool follow = true, uint directory = FirstFolder)
    {
        var (address, length) = Text(path);
        uint result = Allocate(64);
        Errno error = Context.PathFileStatusGet(
            Memory, Snapshot.Preview1, directory, follow ? 1u : 0, address, length, result);
        status = error == Errno.Success ? ParseStatus(result) : default;
        return error;
    }

    public Errno FdStat(uint fd, out FileStatus status)
    {
        uint result = Allocate(64);
        Errno error = Context.FdFileStatusGet(Memory, Snapshot.Preview1, fd, result);
        status = error == Errno.Success ? ParseStatus(result) : default;
        return error;
    }

    public (FileType Type, FdFlags Flags, Rights Rights, Rights Inheriting) FdStatus(uint fd)
    {
        uint result = Allocate(24);
        Assert.Equal(Errno.Success, Context.FdStatusGet(Memory, fd, result));
        return ((FileType)Bytes[(int)result], (FdFlags)(ushort)(ReadUInt32(result) >> 16),
            (Rights)ReadUInt64(result + 8), (Rights)ReadUInt64(result + 16));
    }

    public Errno MakeDirectory(string path, uint directory = FirstFolder)
    {
        var (address, length) = Text(path);
        return Context.PathCreateDirectory(Memory, directory, address, length);
    }

    public Errno RemoveDirectory(string path, uint directory = FirstFolder)
    {
        var (address, length) = Text(path);
        return Context.PathRemoveDirectory(Memory, directory, address, length);
    }

    public Errno Unlink(string path, uint directory = FirstFolder)
    {
        var (address, length) = Text(path);
        return Context.PathUnlinkFile(Memory, directory, address, length);
    }

    public Errno Symlink(string target, string path, uint directory = FirstFolder)
    {
        var (targetAddress, targetLength) = Text(target);
        var (address, length) = Text(path);
        return Context.PathSymlink(Memory, targetAddress, targetLength, directory, address, length);
    }

    public Errno Link(
        string oldPath, string newPath, bool follow = false, uint oldDirectory = FirstFolder,
        uint newDirectory = FirstFolder)
    {
        var (oldAddress, oldLength) = Text(oldPath);
        var (address, length) = Text(newPath);
        return Context.PathLink(
            Memory, oldDirectory, follow ? 1u : 0, oldAddress, oldLength, newDirectory, address, length);
    }

    public Errno Rename(
        string oldPath, string newPath, uint oldDirectory = FirstFolder, uint newDirectory = FirstFolder)
    {
        var (oldAddress, oldLength) = Text(oldPath);
        var (address, length) = Text(newPath);
        return Context.PathRename(Memory, oldDirectory, oldAddress, oldLength, newDirectory, address, length);
    }

    public Errno Readlink(string path, out string target, int size = 4096, uint directory = FirstFolder)
    {
        var (address, length) = Text(path);
        uint buffer = Allocate(size);
        Errno error = Context.PathReadlink(Memory, directory, address, length, buffer, (uint)size, Result);
        target = error == Errno.Success
            ? Encoding.UTF8.GetString(Bytes.Slice((int)buffer, (int)ReadUInt32(Result)))
            : string.Empty;
        return error;
    }

    public Errno SetTimes(
        string path, ulong access, ulong modification, TimestampFlags flags, bool follow = true,
        uint directory = FirstFolder)
    {
        var (address, length) = Text(path);
        return Context.PathFileStatusSetTimes(
            Memory, directory, follow ? 1u : 0, address, length, access, modification, (uint)flags);
    }

    /// <summary>One fd_readdir: the whole entries in the buffer, and how much of it was used.</summary>
    public Errno ReadDirectory(
        uint fd, int size, ulong cookie, out List<DirectoryEntry> entries, out uint used)
    {
        entries = [];
        uint buffer = Allocate(size);
        Errno error = Context.FdReaddir(Memory, fd, buffer, (uint)size, cookie, Result, Interrupted);
        used = error == Errno.Success ? ReadUInt32(Result) : 0;
        for (uint position = 0; position + 24 <= used;)
        {
            uint entry = buffer + position;
            uint nameLength = ReadUInt32(entry + 16);
            if (position + 24 + nameLength > used)
                break;
            entries.Add(new DirectoryEntry(
                ReadUInt64(entry), ReadUInt64(entry + 8), (FileType)Bytes[(int)entry + 20],
                Encoding.UTF8.GetString(Bytes.Slice((int)entry + 24, (int)nameLength))));
            position += 24 + nameLength;
        }

        return error;
    }

    /// <summary>All entries, read as wasi-libc does: on from the last until a buffer is not filled.</summary>
    public List<DirectoryEntry> ReadAllEntries(uint fd, int size)
    {
        List<DirectoryEntry> all = [];
        ulong cookie = 0;
        while (true)
        {
            Assert.Equal(Errno.Success, ReadDirectory(fd, size, cookie, out List<DirectoryEntry> some, out uint used));
            all.AddRange(some);
            if (used < size)
                return all;
            Assert.NotEmpty(some);
            cookie = some[^1].Next;
        }
    }

    public uint Subscribe(params ReadOnlySpan<Subscription> subscriptions)
    {
        int size = Snapshot == Snapshot.Preview1 ? 48 : 56;
        int clock = Snapshot == Snapshot.Preview1 ? 16 : 24;
        uint address = Allocate(subscriptions.Length * size);
        Bytes.Slice((int)address, subscriptions.Length * size).Clear();
        foreach (Subscription subscription in subscriptions)
        {
            Span<byte> target = Bytes[(int)address..];
            BinaryPrimitives.WriteUInt64LittleEndian(target, subscription.UserData);
            target[8] = (byte)subscription.Type;
            if (subscription.Type == EventType.Clock)
            {
                BinaryPrimitives.WriteUInt32LittleEndian(target[clock..], (uint)subscription.Clock);
                BinaryPrimitives.WriteUInt64LittleEndian(target[(clock + 8)..], subscription.Timeout);
                BinaryPrimitives.WriteUInt16LittleEndian(target[(clock + 24)..], subscription.ClockFlags);
            }
            else
            {
                BinaryPrimitives.WriteUInt32LittleEndian(target[16..], subscription.Descriptor);
            }

            address += (uint)size;
        }

        return address - (uint)(subscriptions.Length * size);
    }

    public Errno Poll(out List<PollEvent> events, params ReadOnlySpan<Subscription> subscriptions)
    {
        events = [];
        uint source = Subscribe(subscriptions);
        uint target = Allocate(subscriptions.Length * 32);
        Errno error = Context.PollOneoff(
            Memory, Snapshot, source, target, (uint)subscriptions.Length, Result, Interrupted);
        for (uint i = 0; error == Errno.Success && i < ReadUInt32(Result); i++)
        {
            uint address = target + (i * 32);
            events.Add(new PollEvent(
                ReadUInt64(address), (Errno)(ushort)ReadUInt32(address + 8), (EventType)Bytes[(int)address + 10],
                ReadUInt64(address + 16), (ushort)ReadUInt32(address + 24)));
        }

        return error;
    }

    /// <summary>Offsets as the specification's layout has them (typenames.witx, filestat).</summary>
    private FileStatus ParseStatus(uint address) => new(
        ReadUInt64(address), ReadUInt64(address + 8), (FileType)Bytes[(int)address + 16], ReadUInt64(address + 24),
        ReadUInt64(address + 32), ReadUInt64(address + 40), ReadUInt64(address + 48), ReadUInt64(address + 56));
}

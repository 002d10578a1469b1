using TensorWasm.Wasi.Tests.Support;

namespace TensorWasm.Wasi.Tests;

/// <summary>The fd_ functions on files and directories.</summary>
public sealed class DescriptorTests : IDisposable
{
    private const Rights All = RightsSets.File;

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Positions_follow_each_whence_of_each_snapshot()
    {
        foreach (Snapshot snapshot in new[] { Snapshot.Preview1, Snapshot.Unstable })
        {
            File.WriteAllText(_folder["file"], "0123456789");
            using Guest guest = new(_folder.Grant()) { Snapshot = snapshot };
            (uint set, uint current, uint end) = snapshot == Snapshot.Preview1 ? (0u, 1u, 2u) : (2u, 0u, 1u);
            uint fd = guest.MustOpen("file", 0, All);
            Assert.Equal((Errno.Success, 4UL), (guest.Seek(fd, 4, set, out ulong position), position));
            Assert.Equal((Errno.Success, 6UL), (guest.Seek(fd, 2, current, out position), position));
            Assert.Equal((Errno.Success, 7UL), (guest.Seek(fd, -3, end, out position), position));
            Assert.Equal(Errno.Inval, guest.Seek(fd, -11, end, out _));
            Assert.Equal(Errno.Inval, guest.Seek(fd, 0, 3, out _));
            Assert.Equal(
                (Errno.Success, 5_000_000_000UL), (guest.Seek(fd, 5_000_000_000, set, out position), position));
            Assert.Equal(Errno.Success, guest.Read(fd, 10, out string text));
            Assert.Equal("", text);
        }
    }

    [Fact]
    public void Offsets_beyond_4_GiB_work()
    {
        using Guest guest = new(_folder.Grant());
        uint fd = guest.MustOpen("big", OpenFlags.Create, All);
        Assert.Equal(Errno.Success, guest.Pwrite(fd, "far away", 6_000_000_000));
        Assert.Equal(Errno.Success, guest.FdStat(fd, out FileStatus status));
        Assert.Equal(6_000_000_008UL, status.Size);
        Assert.Equal(Errno.Success, guest.Pread(fd, 100, 6_000_000_004, out string text));
        Assert.Equal("away", text);
        Assert.Equal(Errno.Inval, guest.Pread(fd, 1, ulong.MaxValue, out _));
        Assert.Equal(Errno.Fbig, guest.Context.FdFileStatusSetSize(fd, ulong.MaxValue));
        Assert.Equal(Errno.Fbig, guest.Context.FdAllocate(fd, ulong.MaxValue, 1));
        Assert.Equal(Errno.Inval, guest.Context.FdAllocate(fd, 0, 0));
        Assert.Equal(Errno.Success, guest.Context.FdFileStatusSetSize(fd, 3));
        Assert.Equal(3, new FileInfo(_folder["big"]).Length);
    }

    [Fact]
    public void Append_flags_act_until_they_are_taken_back()
    {
        using Guest guest = new(_folder.Grant());
        uint fd = guest.MustOpen("file", OpenFlags.Create, All, 0, FdFlags.Append | FdFlags.Sync);
        Assert.Equal(FdFlags.Append | FdFlags.Sync, guest.FdStatus(fd).Flags);
        Assert.Equal(Errno.Success, guest.Write(fd, "one", out _));
        Assert.Equal(Errno.Success, guest.Seek(fd, 0, 0, out _));
        Assert.Equal(Errno.Success, guest.Write(fd, "two", out _));
        Assert.Equal((Errno.Success, 6UL), (guest.Seek(fd, 0, 1, out ulong position), position));

        // pwrite(2) of POSIX ignores append mode; Linux's with O_APPEND would not.
        Assert.Equal(Errno.Success, guest.Pwrite(fd, "O", 0));
        Assert.Equal("Onetwo", File.ReadAllText(_folder["file"]));
        Assert.Equal(Errno.Success, guest.Context.FdStatusSetFlags(fd, (uint)FdFlags.Dsync));
        Assert.Equal(Errno.Success, guest.Seek(fd, 0, 0, out _));
        Assert.Equal(Errno.Success, guest.Write(fd, "123", out _));
        Assert.Equal("123two", File.ReadAllText(_folder["file"]));
        Assert.Equal(Errno.Inval, guest.Context.FdStatusSetFlags(fd, 32));
    }

    [Fact]
    public void Allocation_grows_and_never_shrinks()
    {
        using Guest guest = new(_folder.Grant());
        uint fd = guest.MustOpen("file", OpenFlags.Create, All);
        (ulong, ulong, ulong)[] steps = [(0, 100, 100), (10, 10, 100), (90, 20, 110)];
        foreach ((ulong offset, ulong length, ulong size) in steps)
        {
            Assert.Equal(Errno.Success, guest.Context.FdAllocate(fd, offset, length));
            Assert.Equal(Errno.Success, guest.FdStat(fd, out FileStatus status));
            Assert.Equal(size, status.Size);
        }

        Assert.Equal(Errno.Success, guest.Context.FdAdvise(fd, 0, 0, 5));
        Assert.Equal(Errno.Inval, guest.Context.FdAdvise(fd, 0, 0, 6));
        Assert.Equal(Errno.Inval, guest.Context.FdAdvise(fd, ulong.MaxValue, 0, 0));
        Assert.Equal(Errno.Success, guest.Context.FdSync(fd));
        Assert.Equal(Errno.Success, guest.Context.FdDatasync(fd));
    }

    [Fact]
    public void Times_are_set_as_the_flags_say()
    {
        using Guest guest = new(_folder.Grant());
        uint fd = guest.MustOpen("file", OpenFlags.Create, All);
        TimestampFlags both = TimestampFlags.Access | TimestampFlags.Modification;
        Assert.Equal(Errno.Success, guest.Context.FdFileStatusSetTimes(fd, 1_000_000_001, 2_000_000_002, (uint)both));
        Assert.Equal(Errno.Success, guest.FdStat(fd, out FileStatus status));
        Assert.Equal((1_000_000_001UL, 2_000_000_002UL), (status.AccessTime, status.ModificationTime));
        Assert.Equal(Errno.Success, guest.SetTimes("file", 0, 5, TimestampFlags.Modification));
        Assert.Equal(Errno.Success, guest.Stat("file", out status));
        Assert.Equal((1_000_000_001UL, 5UL), (status.AccessTime, status.ModificationTime));
        Assert.Equal(Errno.Success, guest.SetTimes("file", 0, 0, TimestampFlags.ModificationNow));
        Assert.Equal(Errno.Success, guest.Stat("file", out status));
        Assert.True(status.ModificationTime > 1_700_000_000_000_000_000);
        foreach (uint flags in new uint[] { 3, 12, 16 })
        {
            Assert.Equal(Errno.Inval, guest.Context.FdFileStatusSetTimes(fd, 0, 0, flags));
            Assert.Equal(Errno.Inval, guest.SetTimes("file", 0, 0, (TimestampFlags)flags));
        }

        ManualTimeProvider time = new();
        using Guest dated = new(_folder.Grant().WithClocks(time));
        Assert.Equal(Errno.Success, dated.SetTimes("file", 0, 0, TimestampFlags.ModificationNow));
        Assert.Equal(ManualTimeProvider.Start.UtcDateTime, File.GetLastWriteTimeUtc(_folder["file"]));
    }

    [Fact]
    public void Numbers_are_the_lowest_and_can_be_moved()
    {
        using Guest guest = new(_folder.Grant());
        Assert.Equal(Errno.Success, guest.Create("a", "a"));
        Assert.Equal(Errno.Success, guest.Create("b", "b"));
        uint a = guest.MustOpen("a");
        uint b = guest.MustOpen("b");
        Assert.Equal((4u, 5u), (a, b));
        Assert.Equal(Errno.Badf, guest.Context.FdRenumber(a, 6));
        Assert.Equal(Errno.Badf, guest.Context.FdRenumber(6, a));
        Assert.Equal(Errno.Success, guest.Context.FdRenumber(a, a));
        Assert.Equal(Errno.Success, guest.Context.FdRenumber(b, a));
        Assert.Equal(Errno.Success, guest.Read(a, 10, out string text));
        Assert.Equal("b", text);
        Assert.Equal(Errno.Badf, guest.Read(b, 10, out _));
        Assert.Equal(b, guest.MustOpen("a"));
        Assert.Equal(Errno.Success, guest.Context.FdClose(b));
        Assert.Equal(Errno.Badf, guest.Context.FdClose(b));
        uint directory = guest.MustOpen(".", OpenFlags.Directory, RightsSets.Directory);
        Assert.Equal(Errno.Success, guest.Context.FdRenumber(directory, 3));
        Assert.Equal(Errno.Success, guest.Stat("a", out _));
        Assert.Equal(Errno.Badf, guest.Context.FdPrestatGet(guest.Memory, 3, 64));
        Assert.Equal(Errno.Badf, guest.Context.FdClose(uint.MaxValue));
    }

    [Fact]
    public void The_table_has_a_limit_and_a_refusal_creates_nothing()
    {
        using Guest guest = new(_folder.Grant().WithLimits(new WasiLimits { MaxDescriptors = 10 }));
        for (int i = 4; i < 10; i++)
            Assert.Equal((uint)i, guest.MustOpen($"file{i}", OpenFlags.Create, Rights.FdWrite));
        Assert.Equal(Errno.Mfile, guest.Open("another", out _, OpenFlags.Create, Rights.FdWrite));
        Assert.False(File.Exists(_folder["another"]));
        Assert.Equal(Errno.Success, guest.Context.FdClose(7));
        Assert.Equal(7u, guest.MustOpen("another", OpenFlags.Create, Rights.FdWrite));
    }

    [Fact]
    public void Granted_folders_tell_their_names()
    {
        using Guest guest = new(_folder.Grant().WithFolder(_folder.Outside, "/däta"));
        uint result = guest.Allocate(8);
        Assert.Equal(Errno.Success, guest.Context.FdPrestatGet(guest.Memory, 4, result));
        Assert.Equal((0u, 6u), (guest.ReadUInt32(result), guest.ReadUInt32(result + 4)));
        uint name = guest.Allocate(10);
        Assert.Equal(Errno.Success, guest.Context.FdPrestatDirectoryName(guest.Memory, 4, name, 7));
        Assert.Equal("/däta"u8, guest.Bytes.Slice((int)name, 6));
        Assert.Equal(0xCC, guest.Bytes[(int)name + 6]);
        Assert.Equal(Errno.NameTooLong, guest.Context.FdPrestatDirectoryName(guest.Memory, 4, name, 5));
        Assert.Equal(Errno.Badf, guest.Context.FdPrestatGet(guest.Memory, 0, result));
        Assert.Equal(Errno.Badf, guest.Context.FdPrestatGet(guest.Memory, 5, result));
        Assert.Equal(Errno.Fault, guest.Context.FdPrestatGet(guest.Memory, 3, uint.MaxValue));
    }

    [Theory]
    [InlineData(100)]
    [InlineData(256)]
    [InlineData(4096)]
    [InlineData(100_000)]
    public void A_directory_is_read_whole_in_buffers_of_any_size(int size)
    {
        using Guest guest = new(_folder.Grant());
        uint fd = guest.MustOpen(".", OpenFlags.Directory, RightsSets.Directory);
        Assert.Equal(
            [".", ".."], guest.ReadAllEntries(fd, size).Select(entry => entry.Name).Order(StringComparer.Ordinal));
        for (int i = 0; i < 500; i++)
            File.WriteAllText(_folder[$"file-{i}"], "");
        Directory.CreateDirectory(_folder["directory"]);
        File.CreateSymbolicLink(_folder["link"], "x");
        List<DirectoryEntry> all = guest.ReadAllEntries(fd, size);
        Assert.Equal(504, all.Select(entry => entry.Name).Distinct().Count());
        Assert.Equal(504, all.Count);
        Assert.Equal(FileType.Directory, all.Single(entry => entry.Name == "directory").Type);
        Assert.Equal(FileType.SymbolicLink, all.Single(entry => entry.Name == "link").Type);
        Assert.Equal(Errno.Success, guest.Stat("file-77", out FileStatus status));
        DirectoryEntry file = all.Single(entry => entry.Name == "file-77");
        Assert.Equal((status.Inode, FileType.RegularFile), (file.Inode, file.Type));
        Assert.Equal(Errno.Success, guest.FdStat(fd, out status));
        Assert.All(all.Where(entry => entry.Name[0] == '.'), entry => Assert.Equal(status.Inode, entry.Inode));

        // A cookie stays good while entries before it go.
        DirectoryEntry middle = all[all.Count / 2];
        List<string> rest = [.. all.Skip((all.Count / 2) + 1).Select(entry => entry.Name)];
        foreach (DirectoryEntry gone in all.Take(all.Count / 2).Where(entry => entry.Type == FileType.RegularFile))
            Assert.Equal(Errno.Success, guest.Unlink(gone.Name));
        Assert.Equal(
            Errno.Success, guest.ReadDirectory(fd, 100_000, middle.Next, out List<DirectoryEntry> after, out _));
        Assert.Equal(rest, after.Select(entry => entry.Name));
        Assert.Equal(Errno.Inval, guest.ReadDirectory(fd, 100, ulong.MaxValue, out _, out _));
    }

    [Fact]
    public void Guest_pointers_outside_memory_are_faults_and_lengths_allocate_nothing()
    {
        using Guest guest = new(_folder.Grant().WithRandom().WithClocks().WithArguments("a").WithEnvironment("b", "c"));
        uint fd = guest.MustOpen("file", OpenFlags.Create, All);
        uint end = (uint)guest.Bytes.Length;
        WasiContext context = guest.Context;
        long before = GC.GetAllocatedBytesForCurrentThread();
        (string Call, Errno Error)[] outcomes =
        [
            ("vectors outside", context.FdWrite(guest.Memory, fd, end - 4, 1, 16, default)),
            ("vectors at the very end", context.FdRead(guest.Memory, fd, uint.MaxValue, 1, 16, default)),
            ("buffer outside", context.FdRead(guest.Memory, fd, guest.Vectors((end - 1, 2u)), 1, 16, default)),
            ("huge buffer", context.FdWrite(guest.Memory, fd, guest.Vectors((0u, uint.MaxValue)), 1, 16, default)),
            ("second buffer", context.FdWrite(guest.Memory, fd, guest.Vectors((0u, 1u), (end, 1u)), 2, 16, default)),
            ("result outside", context.FdWrite(guest.Memory, fd, guest.Vectors((0u, 1u)), 1, end - 3, default)),
            ("seek result", context.FdSeek(guest.Memory, Snapshot.Preview1, fd, 0, 0, end - 7)),
            ("stat result", context.FdFileStatusGet(guest.Memory, Snapshot.Preview1, fd, end - 63)),
            ("fdstat result", context.FdStatusGet(guest.Memory, fd, end - 23)),
            ("random", context.RandomGet(guest.Memory, end - 1, 2, default)),
            ("random of 4 GiB", context.RandomGet(guest.Memory, 0, uint.MaxValue, default)),
            ("readdir of 4 GiB", context.FdReaddir(guest.Memory, 3, 0, uint.MaxValue, 0, 16, default)),
            ("time", context.ClockTimeGet(guest.Memory, 0, end - 7)),
            ("arguments", context.ArgumentsGet(guest.Memory, end - 3, 0)),
            ("argument text", context.ArgumentsGet(guest.Memory, 0, end - 1)),
            ("environment sizes", context.EnvironmentSizesGet(guest.Memory, 0, end - 3)),
        ];
        Assert.All(outcomes, outcome => Assert.True(outcome.Error == Errno.Fault, $"{outcome}"));
        Assert.Equal(Errno.Inval, context.FdWrite(guest.Memory, fd, 0, 1025, 16, default));
        Assert.Equal(Errno.Inval, context.FdWrite(guest.Memory, fd, 0, uint.MaxValue, 16, default));
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 100_000);
        Assert.Equal(0, new FileInfo(_folder["file"]).Length);
    }

    [Fact]
    public void Reading_and_writing_allocate_nothing()
    {
        using Guest guest = new(_folder.Grant());
        uint fd = guest.MustOpen("file", OpenFlags.Create, All);
        uint vectors = guest.Vectors((4096u, 100u), (8192u, 50u));
        Errno error = Errno.Success;
        for (int round = 0; round < 2; round++)
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            for (int i = 0; i < 100; i++)
            {
                error |= guest.Context.FdWrite(guest.Memory, fd, vectors, 2, 16, default);
                error |= guest.Context.FdPread(guest.Memory, fd, vectors, 2, 0, 16);
            }

            if (round == 1)
                Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        }

        Assert.Equal(Errno.Success, error);
        Assert.Equal(150 * 200, new FileInfo(_folder["file"]).Length);
    }
}

using TensorWasm.Wasi.Tests.Support;

namespace TensorWasm.Wasi.Tests;

/// <summary>Rights, and grants that are read-only.</summary>
public sealed class RightsTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_read_only_folder_refuses_every_call_that_changes_something()
    {
        string writable = Directory.CreateDirectory(Path.Combine(_folder.Root, "writable")).FullName;
        Directory.CreateDirectory(_folder["sub"]);
        File.WriteAllText(_folder["file"], "content");
        File.WriteAllText(_folder["sub/file"], "content");
        File.CreateSymbolicLink(_folder["link"], "file");
        using Guest guest = new(
            _folder.Grant(FolderAccess.ReadOnly).WithFolder(writable, "/w", FolderAccess.ReadWrite));
        DateTime before = File.GetLastWriteTimeUtc(_folder["file"]);
        uint sub = guest.MustOpen(
            "sub", OpenFlags.Directory, RightsSets.Directory,
            RightsSets.DirectoryInheriting & ~RightsSets.OpenForWriting);
        uint file = guest.MustOpen("file");
        foreach ((uint directory, string name) in new[] { (3u, "file"), (sub, "file") })
        {
            (string Call, Errno Error)[] outcomes =
            [
                ("open to write", guest.Open(name, out _, 0, Rights.FdWrite, directory: directory)),
                ("open to allocate", guest.Open(name, out _, 0, Rights.FdAllocate, directory: directory)),
                ("open to set size", guest.Open(name, out _, 0, Rights.FdFilestatSetSize, directory: directory)),
                ("truncate", guest.Open(name, out _, OpenFlags.Truncate, directory: directory)),
                ("create", guest.Open("new", out _, OpenFlags.Create, directory: directory)),
                ("mkdir", guest.MakeDirectory("new", directory)),
                ("rmdir", guest.RemoveDirectory("sub", directory)),
                ("unlink", guest.Unlink(name, directory)),
                ("symlink", guest.Symlink("x", "new", directory)),
                ("link within", guest.Link(name, "new", oldDirectory: directory, newDirectory: directory)),
                ("link out", guest.Link(name, "new", oldDirectory: directory, newDirectory: 4)),
                ("rename within", guest.Rename(name, "new", directory, directory)),
                ("rename out", guest.Rename(name, "new", directory, 4)),
                ("times", guest.SetTimes(name, 1, 1, TimestampFlags.Access, directory: directory)),
                ("folder times", guest.Context.FdFileStatusSetTimes(directory, 1, 1, 5)),
                ("file write", guest.Write(file, "x", out _)),
                ("file pwrite", guest.Pwrite(file, "x", 0)),
                ("file allocate", guest.Context.FdAllocate(file, 0, 100)),
                ("file set size", guest.Context.FdFileStatusSetSize(file, 0)),
                ("file times", guest.Context.FdFileStatusSetTimes(file, 1, 1, 5)),
            ];
            Assert.All(outcomes, outcome => Assert.True(outcome.Error == Errno.NotCapable, $"{outcome}"));
        }

        Assert.Equal(Errno.Success, guest.Create("mine", "x", 4));
        Assert.Equal(Errno.NotCapable, guest.Rename("mine", "new", 4, 3));
        Assert.Equal(Errno.NotCapable, guest.Link("mine", "new", oldDirectory: 4));
        Assert.Equal("content", File.ReadAllText(_folder["file"]));
        Assert.Equal(before, File.GetLastWriteTimeUtc(_folder["file"]));
        Assert.Equal(3, Directory.GetFileSystemEntries(_folder.Inside).Length);
        Assert.Single(Directory.GetFileSystemEntries(writable));

        // Looking and reading work.
        Assert.Equal(Errno.Success, guest.ReadFile("link", out string text));
        Assert.Equal("content", text);
        Assert.Equal(Errno.Success, guest.Stat("sub", out _));
    }

    [Fact]
    public void A_program_that_asks_a_read_only_folder_for_too_much_may_still_read()
    {
        File.WriteAllText(_folder["file"], "content");
        using Guest guest = new(_folder.Grant(FolderAccess.ReadOnly));

        // What Rust's standard library asks for a file opened for reading.
        Rights asked = Rights.FdRead | Rights.FdReaddir | Rights.FdFdstatSetFlags | Rights.FdSeek | Rights.FdTell |
            Rights.FdSync | Rights.FdAdvise | Rights.FdFilestatGet | Rights.FdFilestatSetTimes |
            Rights.PollFdReadwrite | (RightsSets.Directory & ~Rights.FdDatasync);
        Assert.Equal(Errno.Success, guest.Open("file", out uint fd, 0, asked, asked));
        Assert.Equal(Rights.None, guest.FdStatus(fd).Rights & RightsSets.Mutating);
        Assert.Equal(Rights.None, guest.FdStatus(fd).Inheriting & RightsSets.Mutating);
    }

    [Fact]
    public void Rights_can_only_shrink()
    {
        using Guest guest = new(_folder.Grant());
        uint fd = guest.MustOpen("file", OpenFlags.Create, Rights.FdRead | Rights.FdWrite | Rights.FdSeek);
        Assert.Equal(Errno.Success, guest.Write(fd, "text", out _));
        Assert.Equal(Errno.Success, guest.Context.FdStatusSetRights(fd, (ulong)(Rights.FdRead | Rights.FdSeek), 0));
        Assert.Equal(Errno.NotCapable, guest.Write(fd, "text", out _));
        Assert.Equal(Errno.NotCapable, guest.Context.FdStatusSetRights(fd, (ulong)(Rights.FdRead | Rights.FdWrite), 0));
        Assert.Equal(Errno.NotCapable, guest.Context.FdStatusSetRights(fd, 0, 1));
        Assert.Equal(Errno.NotCapable, guest.Context.FdStatusSetRights(fd, 1UL << 60, 0));
        Assert.Equal(Errno.Success, guest.Pread(fd, 4, 0, out string text));
        Assert.Equal("text", text);
    }

    [Fact]
    public void What_a_directory_cannot_pass_on_cannot_be_had()
    {
        using Guest guest = new(_folder.Grant());
        Assert.Equal(Errno.Success, guest.Create("file", "text"));
        Assert.Equal(Errno.Success, guest.Context.FdStatusSetRights(
            3, (ulong)(Rights.PathOpen | Rights.PathFilestatGet), (ulong)(Rights.FdRead | Rights.FdFilestatGet)));
        Assert.Equal(Errno.Success, guest.Open("file", out _, 0, Rights.FdRead));
        Assert.Equal(Errno.NotCapable, guest.Open("file", out _, 0, Rights.FdRead | Rights.FdSeek));
        Assert.Equal(Errno.NotCapable, guest.Open("file", out _, 0, Rights.FdRead, Rights.FdWrite));
        Assert.Equal(Errno.NotCapable, guest.Open("file", out _, OpenFlags.Truncate, 0));
        Assert.Equal(Errno.NotCapable, guest.Open("new", out _, OpenFlags.Create, 0));
        Assert.Equal(Errno.NotCapable, guest.Open("file", out _, 0, 0, 0, FdFlags.Dsync));
        Assert.Equal(Errno.NotCapable, guest.Open("file", out _, 0, 0, 0, FdFlags.Sync));
        Assert.Equal(Errno.NotCapable, guest.MakeDirectory("d"));
        Assert.Equal(Errno.NotCapable, guest.Unlink("file"));
        Assert.Equal(Errno.NotCapable, guest.Readlink("file", out _));
        Assert.Equal(Errno.NotCapable, guest.ReadDirectory(3, 100, 0, out _, out _));
    }

    [Fact]
    public void A_directory_has_no_rights_of_a_file()
    {
        using Guest guest = new(_folder.Grant());
        (FileType type, FdFlags flags, Rights rights, Rights inheriting) = guest.FdStatus(3);
        Assert.Equal((FileType.Directory, FdFlags.None), (type, flags));
        Assert.Equal(Rights.None, rights & (Rights.FdSeek | Rights.FdRead | Rights.FdWrite | Rights.FdFilestatSetSize));
        Assert.Equal(RightsSets.File, inheriting & RightsSets.File);
        uint same = guest.MustOpen(".", OpenFlags.Directory, rights, inheriting);
        Assert.Equal((type, flags, rights, inheriting), guest.FdStatus(same));
        Assert.Equal(Errno.NotCapable, guest.Seek(3, 0, 0, out _));
        Assert.Equal(Errno.NotCapable, guest.Read(3, 10, out _));
        Assert.Equal(Errno.NotCapable, guest.Write(3, "x", out _));
        Assert.Equal(Errno.NotCapable, guest.Context.FdTell(guest.Memory, 3, 64));
        Assert.Equal(Errno.NotCapable, guest.Context.FdFileStatusSetSize(3, 0));
        Assert.Equal(Errno.NotCapable, guest.Context.FdAllocate(3, 0, 1));
    }

    [Fact]
    public void Telling_needs_less_than_seeking()
    {
        using Guest guest = new(_folder.Grant());
        uint fd = guest.MustOpen("file", OpenFlags.Create, Rights.FdTell);
        Assert.Equal(Errno.Success, guest.Seek(fd, 0, 1, out _));
        Assert.Equal(Errno.Success, guest.Context.FdTell(guest.Memory, fd, 64));
        Assert.Equal(Errno.NotCapable, guest.Seek(fd, 0, 0, out _));
        fd = guest.MustOpen("file", 0, Rights.FdSeek);
        Assert.Equal(Errno.Success, guest.Context.FdTell(guest.Memory, fd, 64));
    }
}

using TensorWasm.Wasi.Tests.Support;

namespace TensorWasm.Wasi.Tests;

/// <summary>What paths mean, on both resolvers: the specification, and POSIX for what it leaves open.</summary>
public sealed class PathTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("openat2")]
    [InlineData("walking")]
    public void Paths_with_dots_and_slashes_resolve(string resolver)
    {
        using Guest guest = Open(resolver);
        Assert.Equal(Errno.Success, guest.MakeDirectory("dir"));
        Assert.Equal(Errno.Success, guest.MakeDirectory("dir/nested/"));
        Assert.Equal(Errno.Success, guest.Create("dir/nested/file", "text"));

        Assert.Equal(
            Errno.Success, guest.ReadFile("dir/.//nested/../../dir/nested/../nested///./file", out string text));
        Assert.Equal("text", text);
        Assert.Equal(Errno.NotDir, guest.Open("dir/nested/file/", out _));
        Assert.Equal(Errno.NotDir, guest.Open("dir/nested/file///", out _));
        Assert.Equal(Errno.NotDir, guest.Open("dir/nested/file/x", out _));
        Assert.Equal(Errno.Success, guest.Open("dir/nested///", out _));
        Assert.Equal(Errno.Success, guest.Open("dir/nested/..", out _));
        Assert.Equal(Errno.Success, guest.Open(".", out _));
        Assert.Equal(Errno.Success, guest.Open("dir/..", out _));
        Assert.Equal(Errno.NoEnt, guest.Open("missing", out _));
        Assert.Equal(Errno.NoEnt, guest.Open("missing/file", out _));
        Assert.Equal(Errno.NoEnt, guest.Open("", out _));
    }

    [Theory]
    [InlineData("openat2")]
    [InlineData("walking")]
    public void Malformed_paths_are_refused(string resolver)
    {
        using Guest guest = Open(resolver);
        Assert.Equal(Errno.Inval, guest.Open("file\0", out _));
        Assert.Equal(Errno.NameTooLong, guest.Open(new string('a', 256), out _));
        Assert.Equal(Errno.NameTooLong, guest.Open(new string('a', 5000), out _));
        Assert.Equal(Errno.NameTooLong, guest.MakeDirectory(string.Concat(Enumerable.Repeat("a/", 2100))));
        var (address, length) = guest.Text([0x66, 0xFF, 0xFE]);
        Assert.Equal(Errno.Ilseq, guest.Context.PathUnlinkFile(guest.Memory, 3, address, length));
        Assert.Equal(Errno.Fault, guest.Context.PathUnlinkFile(guest.Memory, 3, uint.MaxValue - 2, 100));
        Assert.Equal(Errno.Fault, guest.Context.PathUnlinkFile(guest.Memory, 3, 0, uint.MaxValue));
    }

    [Theory]
    [InlineData("openat2")]
    [InlineData("walking")]
    public void Nothing_leads_out_by_its_text(string resolver)
    {
        using Guest guest = Open(resolver);
        Directory.CreateDirectory(_folder["a/b"]);
        string[] escapes =
        [
            "..", "../", "../outside/secret", "../inside", "a/../../outside/secret", "a/b/../../../outside/secret",
            "./../outside/secret", "a/./.././../outside/secret", "/", "/etc/passwd", "//etc/passwd",
            _folder.Outside + "/secret", "../../../../../../../../etc/passwd",
        ];
        foreach (string path in escapes)
            AssertAllRefuse(guest, path);
    }

    [Theory]
    [InlineData("openat2")]
    [InlineData("walking")]
    public void No_symbolic_link_leads_out(string resolver)
    {
        using Guest guest = Open(resolver);
        Directory.CreateDirectory(_folder["sub"]);
        File.CreateSymbolicLink(_folder["up"], "..");
        File.CreateSymbolicLink(_folder["file"], "../outside/secret");
        File.CreateSymbolicLink(_folder["absolute"], Path.Combine(_folder.Outside, "secret"));
        File.CreateSymbolicLink(_folder["absoluteDirectory"], _folder.Outside);
        File.CreateSymbolicLink(_folder["inside"], _folder.Inside);
        File.CreateSymbolicLink(_folder["root"], "/");
        File.CreateSymbolicLink(_folder["sub/out"], "../../outside");
        File.CreateSymbolicLink(_folder["chain1"], "chain2");
        File.CreateSymbolicLink(_folder["chain2"], "sub/chain3");
        File.CreateSymbolicLink(_folder["sub/chain3"], "../up/outside");
        string[] escapes =
        [
            "up/outside/secret", "up/inside", "absoluteDirectory/secret", "inside/sub/", "root/etc/passwd",
            "sub/out/secret", "sub/../sub/out/secret", "chain1/secret", "sub/out/../inside", "up/", "root/",
        ];
        foreach (string path in escapes)
            AssertAllRefuse(guest, path);
        foreach (string path in new[] { "file", "absolute", "absoluteDirectory", "up", "chain1", "sub/out" })
        {
            Assert.Equal(Errno.NotCapable, guest.Open(path, out _));
            Assert.Equal(Errno.NotCapable, guest.Stat(path, out _));
            Assert.Equal(Errno.NotCapable, guest.Open(path, out _, OpenFlags.Create, Rights.FdWrite));
            Assert.Equal(Errno.NotCapable, guest.Open(path, out _, OpenFlags.Truncate, Rights.FdWrite));
            Assert.Equal(Errno.NotCapable, guest.SetTimes(path, 0, 0, TimestampFlags.Modification));
            Assert.Equal(Errno.NotCapable, guest.Link(path, "stolen", follow: true));

            // The link itself is inside: looking at it, and giving it another name, are not escapes.
            Assert.Equal(Errno.Success, guest.Stat(path, out FileStatus status, follow: false));
            Assert.Equal(FileType.SymbolicLink, status.Type);
            Assert.Equal(Errno.Loop, guest.Open(path, out _, follow: false));
            Assert.Equal(Errno.Success, guest.SetTimes(path, 0, 1, TimestampFlags.Modification, follow: false));
        }

        Assert.Equal(TemporaryFolder.Secret, File.ReadAllText(Path.Combine(_folder.Outside, "secret")));
        Assert.Equal(["secret"], Directory.GetFileSystemEntries(_folder.Outside).Select(Path.GetFileName));
    }

    [Theory]
    [InlineData("openat2")]
    [InlineData("walking")]
    public void Links_that_stay_inside_work(string resolver)
    {
        using Guest guest = Open(resolver);
        Assert.Equal(Errno.Success, guest.MakeDirectory("a"));
        Assert.Equal(Errno.Success, guest.MakeDirectory("a/b"));
        Assert.Equal(Errno.Success, guest.Create("a/file", "content"));
        Assert.Equal(Errno.Success, guest.Symlink("../file", "a/b/link"));
        Assert.Equal(Errno.Success, guest.Symlink("a/b/", "short"));
        Assert.Equal(Errno.Success, guest.Symlink("missing", "dangling"));
        Assert.Equal(Errno.Success, guest.Symlink("dangling2/../x", "dangling2"));

        Assert.Equal(Errno.Success, guest.ReadFile("short/link", out string text));
        Assert.Equal("content", text);
        Assert.Equal(Errno.Success, guest.Open("short", out _, OpenFlags.Directory));
        Assert.Equal(Errno.NotDir, guest.Open("short", out _, OpenFlags.Directory, follow: false));
        Assert.Equal(Errno.Loop, guest.Open("short", out _, follow: false));
        Assert.Equal(Errno.NotDir, guest.Open("a/b/link", out _, OpenFlags.Directory));
        Assert.Equal(Errno.NoEnt, guest.Open("dangling", out _));
        Assert.Equal(Errno.Loop, guest.Open("dangling2", out _));
        Assert.Equal(
            Errno.Exist, guest.Open("dangling", out _, OpenFlags.Create | OpenFlags.Exclusive, Rights.FdWrite));
        Assert.Equal(Errno.Success, guest.Create("dangling", "made through the link"));
        Assert.Equal("made through the link", File.ReadAllText(_folder["missing"]));
        Assert.Equal(Errno.Success, guest.Readlink("short", out string target));
        Assert.Equal("a/b/", target);
        Assert.Equal(Errno.Success, guest.Readlink("short", out target, size: 2));
        Assert.Equal("a/", target);
        Assert.Equal(Errno.Success, guest.Readlink("short", out target, size: 0));
        Assert.Equal("", target);
        Assert.Equal(Errno.Inval, guest.Readlink("a/file", out _));
        Assert.Equal(Errno.Inval, guest.Readlink("short/", out _));
    }

    [Theory]
    [InlineData("openat2")]
    [InlineData("walking")]
    public void Loops_and_long_chains_of_links_end(string resolver)
    {
        using Guest guest = Open(resolver);
        Assert.Equal(Errno.Success, guest.Symlink("self", "self"));
        Assert.Equal(Errno.Success, guest.Symlink("two", "one"));
        Assert.Equal(Errno.Success, guest.Symlink("one", "two"));
        Assert.Equal(Errno.Loop, guest.Open("self", out _));
        Assert.Equal(Errno.Loop, guest.Open("one/x", out _));
        Assert.Equal(Errno.Loop, guest.Stat("two", out _));

        // path_resolution(7): 40 links are followed, no more.
        Assert.Equal(Errno.Success, guest.Create("link0", "end"));
        for (int i = 1; i <= 41; i++)
            Assert.Equal(Errno.Success, guest.Symlink($"link{i - 1}", $"link{i}"));
        Assert.Equal(Errno.Success, guest.ReadFile("link40", out string text));
        Assert.Equal("end", text);
        Assert.Equal(Errno.Loop, guest.ReadFile("link41", out _));
    }

    [Theory]
    [InlineData("openat2")]
    [InlineData("walking")]
    public void Magic_links_of_proc_are_no_way_out(string resolver)
    {
        using Guest guest = new(
            WasiConfiguration.Empty.WithFolder("/proc/self", "/self").WithFolder(_folder.Inside, "/"),
            Guest.Resolver(resolver));
        using FileStream secret = File.OpenRead(Path.Combine(_folder.Outside, "secret"));
        long number = secret.SafeFileHandle.DangerousGetHandle();
        foreach (string path in new[] { "root/etc/passwd", "cwd/x", "exe", $"fd/{number}", $"fd/{number}/" })
        {
            Errno error = guest.Open(path, out _);
            Assert.True(error is Errno.Loop or Errno.NotCapable, $"{path}: {error}");
            error = guest.Stat(path, out _);
            Assert.True(error is Errno.Loop or Errno.NotCapable, $"{path}: {error}");
        }
    }

    [Theory]
    [InlineData("openat2")]
    [InlineData("walking")]
    public void A_directory_descriptor_confines_to_that_directory(string resolver)
    {
        using Guest guest = Open(resolver);
        Assert.Equal(Errno.Success, guest.MakeDirectory("sub"));
        Assert.Equal(Errno.Success, guest.Create("file", "above"));
        uint sub = guest.MustOpen("sub", OpenFlags.Directory, RightsSets.Directory, RightsSets.DirectoryInheriting);
        Assert.Equal(Errno.NotCapable, guest.Open("../file", out _, directory: sub));
        Assert.Equal(Errno.NotCapable, guest.Rename("../file", "x", sub, sub));
        Assert.Equal(Errno.Success, guest.Symlink("../file", "link", sub));
        Assert.Equal(Errno.NotCapable, guest.Open("link", out _, directory: sub));
        Assert.Equal(Errno.Success, guest.ReadFile("sub/link", out string text));
        Assert.Equal("above", text);
    }

    [Theory]
    [InlineData("openat2")]
    [InlineData("walking")]
    public void Directories_are_made_and_removed(string resolver)
    {
        using Guest guest = Open(resolver);
        Assert.Equal(Errno.Success, guest.MakeDirectory("d"));
        Assert.Equal(Errno.Exist, guest.MakeDirectory("d"));
        Assert.Equal(Errno.Exist, guest.MakeDirectory("."));
        Assert.Equal(Errno.NoEnt, guest.MakeDirectory("x/y"));
        Assert.Equal(Errno.Success, guest.Create("d/f", ""));
        Assert.Equal(Errno.NotDir, guest.MakeDirectory("d/f/x"));
        Assert.Equal(Errno.NotEmpty, guest.RemoveDirectory("d"));
        Assert.Equal(Errno.NotDir, guest.RemoveDirectory("d/f"));
        Assert.Equal(Errno.IsDir, guest.Unlink("d"));
        Assert.Equal(Errno.IsDir, guest.Unlink("d/"));
        Assert.Equal(Errno.NotDir, guest.Unlink("d/f/"));
        Assert.Equal(Errno.Success, guest.Unlink("d/f"));
        Assert.Equal(Errno.NoEnt, guest.Unlink("d/f"));
        Assert.Equal(Errno.Success, guest.Symlink("d", "link"));
        Assert.Equal(Errno.NotDir, guest.RemoveDirectory("link"));
        Assert.Equal(Errno.NotDir, guest.RemoveDirectory("link/"));
        Assert.Equal(Errno.Success, guest.RemoveDirectory("d/"));
        Assert.Equal(Errno.Success, guest.Unlink("link"));
        Assert.Empty(Directory.GetFileSystemEntries(_folder.Inside));
    }

    [Theory]
    [InlineData("openat2")]
    [InlineData("walking")]
    public void Hard_links_link_what_the_flags_say(string resolver)
    {
        using Guest guest = Open(resolver);
        Assert.Equal(Errno.Success, guest.Create("file", "text"));
        Assert.Equal(Errno.Success, guest.MakeDirectory("dir"));
        Assert.Equal(Errno.Success, guest.Symlink("file", "link"));
        Assert.Equal(Errno.Success, guest.Link("file", "dir/second"));
        Assert.Equal(Errno.Success, guest.Stat("file", out FileStatus status));
        Assert.Equal(2UL, status.LinkCount);
        Assert.Equal(Errno.Success, guest.Stat("dir/second", out FileStatus second));
        Assert.Equal(status.Inode, second.Inode);
        Assert.Equal(Errno.Exist, guest.Link("file", "dir/second"));
        Assert.Equal(Errno.Exist, guest.Link("file", "file"));
        Assert.Equal(Errno.Exist, guest.Link("file", "dir"));
        Assert.Equal(Errno.Perm, guest.Link("dir", "x"));
        Assert.Equal(Errno.Perm, guest.Link("dir/", "x"));
        Assert.Equal(Errno.NoEnt, guest.Link("file", "x/"));
        Assert.Equal(Errno.NotDir, guest.Link("file/", "x"));
        Assert.Equal(Errno.NotDir, guest.Link("link/", "x"));
        Assert.Equal(Errno.Success, guest.Link("link", "linked"));
        Assert.Equal(Errno.Success, guest.Stat("linked", out status, follow: false));
        Assert.Equal(FileType.SymbolicLink, status.Type);
        Assert.Equal(Errno.Success, guest.Link("link", "followed", follow: true));
        Assert.Equal(Errno.Success, guest.Stat("followed", out status, follow: false));
        Assert.Equal((FileType.RegularFile, 3UL), (status.Type, status.LinkCount));
        Assert.Equal(Errno.Success, guest.Symlink("nowhere", "dangling"));
        Assert.Equal(Errno.NoEnt, guest.Link("dangling", "x", follow: true));
        Assert.Equal(Errno.Success, guest.Link("dangling", "x"));
        Assert.Equal(Errno.Exist, guest.Link("file", "dangling"));
    }

    [Theory]
    [InlineData("openat2")]
    [InlineData("walking")]
    public void Renaming_follows_POSIX(string resolver)
    {
        using Guest guest = Open(resolver);
        Assert.Equal(Errno.Success, guest.Create("a", "a"));
        Assert.Equal(Errno.Success, guest.Create("b", "b"));
        Assert.Equal(Errno.Success, guest.MakeDirectory("empty"));
        Assert.Equal(Errno.Success, guest.MakeDirectory("full"));
        Assert.Equal(Errno.Success, guest.Create("full/x", "x"));
        Assert.Equal(Errno.Success, guest.Rename("a", "b"));
        Assert.Equal(Errno.Success, guest.ReadFile("b", out string text));
        Assert.Equal("a", text);
        Assert.Equal(Errno.NoEnt, guest.Rename("a", "c"));
        Assert.Equal(Errno.NotDir, guest.Rename("empty", "b"));
        Assert.Equal(Errno.IsDir, guest.Rename("b", "empty"));
        Assert.Equal(Errno.NotEmpty, guest.Rename("empty", "full"));
        Assert.Equal(Errno.NotDir, guest.Rename("b/", "c"));
        Assert.Equal(Errno.Success, guest.Rename("full/", "empty/"));
        Assert.Equal(Errno.Success, guest.ReadFile("empty/x", out text));
        Assert.Equal(Errno.Inval, guest.Rename("empty", "empty/in"));
        Assert.Equal(Errno.Busy, guest.Rename(".", "y"));
        Assert.Equal(Errno.NotCapable, guest.Rename("b", "../outside/b"));
        Assert.Equal(Errno.NotCapable, guest.Rename("../outside/secret", "b"));
    }

    [Fact]
    public void A_file_moves_between_two_writable_folders()
    {
        string second = Directory.CreateDirectory(Path.Combine(_folder.Root, "second")).FullName;
        using Guest guest = new(_folder.Grant().WithFolder(second, "/second", FolderAccess.ReadWrite));
        Assert.Equal(Errno.Success, guest.Create("file", "moves"));
        Assert.Equal(Errno.Success, guest.Rename("file", "there", 3, 4));
        Assert.Equal("moves", File.ReadAllText(Path.Combine(second, "there")));
        Assert.Equal(Errno.Success, guest.Link("there", "back", oldDirectory: 4, newDirectory: 3));
        Assert.Equal("moves", File.ReadAllText(_folder["back"]));
    }

    [Theory]
    [InlineData("openat2")]
    [InlineData("walking")]
    public void Symbolic_links_are_made_as_told(string resolver)
    {
        using Guest guest = Open(resolver);
        Assert.Equal(Errno.NotCapable, guest.Symlink("/etc/passwd", "link"));
        Assert.Equal(Errno.NoEnt, guest.Symlink("target", "link/"));
        Assert.Equal(Errno.Success, guest.MakeDirectory("dir"));
        Assert.Equal(Errno.Exist, guest.Symlink("target", "dir"));
        Assert.Equal(Errno.Exist, guest.Symlink("target", "dir/"));
        Assert.Equal(Errno.NoEnt, guest.Symlink("", "x"));
        Assert.Equal(Errno.Success, guest.Symlink("target", "dir/x"));
        Assert.Equal("target", new FileInfo(_folder["dir/x"]).LinkTarget);
    }

    [Theory]
    [InlineData("openat2")]
    [InlineData("walking")]
    public void Open_flags_do_what_they_say(string resolver)
    {
        using Guest guest = Open(resolver);
        Assert.Equal(Errno.Success, guest.Create("file", "content"));
        Assert.Equal(Errno.Exist, guest.Open("file", out _, OpenFlags.Create | OpenFlags.Exclusive, Rights.FdWrite));
        Assert.Equal(Errno.NotDir, guest.Open("file", out _, OpenFlags.Directory));
        Assert.Equal(Errno.Inval, guest.Open("new", out _, OpenFlags.Create | OpenFlags.Directory));
        Assert.Equal(Errno.Inval, guest.Open("file", out _, (OpenFlags)16));
        Assert.Equal(Errno.Inval, guest.Open("file", out _, fdFlags: (FdFlags)32));
        Assert.Equal(Errno.IsDir, guest.Open(".", out _, rights: Rights.FdRead | Rights.FdWrite));
        Assert.Equal(Errno.IsDir, guest.Open(".", out _, OpenFlags.Directory, Rights.FdRead | Rights.FdWrite));
        Assert.Equal(Errno.IsDir, guest.Open("new/", out _, OpenFlags.Create, Rights.FdWrite));
        Assert.Equal(Errno.Success, guest.Open("file", out _, OpenFlags.Truncate, Rights.None));
        Assert.Equal(0, new FileInfo(_folder["file"]).Length);
        Assert.Equal(Errno.Success, guest.Create("file", "content"));
        Assert.Equal(Errno.NotDir, guest.Open("x", out _, directory: guest.MustOpen("file")));
        Assert.Equal(Errno.Badf, guest.Open("x", out _, directory: 99));
    }

    private static void AssertAllRefuse(Guest guest, string path)
    {
        (string Name, Errno Error)[] outcomes =
        [
            ("open", guest.Open(path, out _)),
            ("open nofollow", guest.Open(path, out _, follow: false)),
            ("create", guest.Open(path.TrimEnd('/') + "/x", out _, OpenFlags.Create, Rights.FdWrite)),
            ("stat", guest.Stat(path, out _)),
            ("lstat", guest.Stat(path, out _, follow: false)),
            ("times", guest.SetTimes(path, 0, 0, TimestampFlags.Access)),
            ("link from", guest.Link(path, "stolen", follow: true)),
            ("mkdir", guest.MakeDirectory(path + "/new")),
            ("symlink", guest.Symlink("x", path + "/new")),
            ("rename from", guest.Rename(path + "/x", "stolen")),
            ("unlink", guest.Unlink(path + "/secret")),
            ("rmdir", guest.RemoveDirectory(path + "/x")),
            ("readlink", guest.Readlink(path + "/x", out _)),
        ];
        Assert.All(outcomes, outcome => Assert.True(
            outcome.Error is Errno.NotCapable, $"{outcome.Name} '{path}': {outcome.Error}"));
    }

    private Guest Open(string resolver) => new(_folder.Grant(), Guest.Resolver(resolver));
}

using System.Diagnostics;
using System.Runtime.InteropServices;
using TensorWasm.Wasi.Tests.Support;

namespace TensorWasm.Wasi.Tests;

/// <summary>A friend outside the sandbox, or a second guest, changes the file system while paths resolve.</summary>
public sealed class RaceTests : IDisposable
{
    private static readonly TimeSpan Duration = TimeSpan.FromSeconds(1.5);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("openat2")]
    [InlineData("walking")]
    public void A_link_swapped_in_while_a_path_resolves_leads_nowhere(string resolver)
    {
        // "d" is a directory with a harmless "secret" in it, and by turns a link to the folder outside; "f" is a
        // harmless file, and by turns a link to the secret.
        Directory.CreateDirectory(_folder["d"]);
        File.WriteAllText(_folder["d/secret"], "harmless");
        File.WriteAllText(_folder["f"], "harmless");
        Directory.CreateSymbolicLink(_folder["evilDirectory"], "../outside");
        File.CreateSymbolicLink(_folder["evilFile"], "../outside/secret");
        using CancellationTokenSource stop = new();
        Thread friend = new(() =>
        {
            while (!stop.IsCancellationRequested)
            {
                Exchange(_folder["d"], _folder["evilDirectory"]);
                Exchange(_folder["f"], _folder["evilFile"]);
            }
        });
        friend.Start();
        Dictionary<Errno, int> seen = [];
        int reads = 0;
        try
        {
            using Guest guest = new(_folder.Grant(), Guest.Resolver(resolver));
            for (Stopwatch watch = Stopwatch.StartNew();
                watch.Elapsed < Duration || (!WasARace() && watch.Elapsed < Patience);)
            {
                foreach (string path in new[] { "d/secret", "f", "d/../d/secret", "d/./secret" })
                {
                    foreach (bool follow in new[] { true, false })
                    {
                        Errno error = guest.ReadFile(path, out string text, follow);
                        seen[error] = seen.GetValueOrDefault(error) + 1;
                        if (error == Errno.Success)
                        {
                            reads++;
                            Assert.Equal("harmless", text);
                        }
                    }
                }

                Tally(seen, guest.Open("d/secret", out uint fd, OpenFlags.Truncate, Rights.FdWrite | Rights.FdSeek));
                if (fd != uint.MaxValue)
                {
                    guest.Pwrite(fd, "harmless", 0);
                    guest.Context.FdClose(fd);
                }

                Tally(seen, guest.Create("d/new", "x"));
                Tally(seen, guest.MakeDirectory("d/dir"));
                Tally(seen, guest.Link("d/secret", "stolen", follow: true));
                guest.Unlink("stolen");
                Tally(seen, guest.Unlink("d/new"));
                Tally(seen, guest.RemoveDirectory("d/dir"));
                Tally(seen, guest.SetTimes("f", 0, 0, TimestampFlags.Modification));
            }
        }
        finally
        {
            stop.Cancel();
            friend.Join();
        }

        Assert.Equal(TemporaryFolder.Secret, File.ReadAllText(Path.Combine(_folder.Outside, "secret")));
        Assert.Equal(["secret"], Directory.GetFileSystemEntries(_folder.Outside).Select(Path.GetFileName));
        Assert.NotEqual(DateTime.UnixEpoch, File.GetLastWriteTimeUtc(Path.Combine(_folder.Outside, "secret")));

        Assert.True(WasARace(), $"{reads} times the harmless file was seen; {seen.GetValueOrDefault(Errno.NotCapable)} times the link.");

        // Both sides of it were met.
        bool WasARace() => reads > 0 && seen.GetValueOrDefault(Errno.NotCapable) > 0;
    }

    [Theory]
    [InlineData("openat2")]
    [InlineData("walking")]
    public void A_directory_moved_out_while_dots_go_back_leads_nowhere(string resolver)
    {
        // The friend moves a/b/c out of the sandbox and back while "a/b/c/../../../.." counts its way up.
        Directory.CreateDirectory(_folder["a/b/c"]);
        File.WriteAllText(_folder["secret"], "harmless");
        string away = Path.Combine(_folder.Outside, "c");
        using CancellationTokenSource stop = new();
        Thread friend = new(() =>
        {
            while (!stop.IsCancellationRequested)
            {
                Directory.Move(_folder["a/b/c"], away);
                Directory.Move(away, _folder["a/b/c"]);
            }
        });
        friend.Start();
        try
        {
            using Guest guest = new(_folder.Grant(), Guest.Resolver(resolver));
            for (Stopwatch watch = Stopwatch.StartNew(); watch.Elapsed < Duration;)
            {
                // From c inside, this is the sandbox's "secret"; from c outside, ".." is the folder outside.
                if (guest.ReadFile("a/b/c/../../../secret", out string text) == Errno.Success)
                    Assert.Equal("harmless", text);
                Assert.NotEqual(Errno.Success, guest.ReadFile("a/b/c/../secret", out _));
                Assert.NotEqual(Errno.Success, guest.ReadFile("a/b/c/../../../../outside/secret", out _));
            }
        }
        finally
        {
            stop.Cancel();
            friend.Join();
        }
    }

    /// <summary>Swaps two names in one step (renameat2(2), RENAME_EXCHANGE).</summary>
    private static void Exchange(string first, string second)
    {
        nint firstPath = Marshal.StringToCoTaskMemUTF8(first);
        nint secondPath = Marshal.StringToCoTaskMemUTF8(second);
        int number = RuntimeInformation.ProcessArchitecture == Architecture.Arm64 ? 276 : 316;
        nint result = Libc.syscall(
            number, LinuxConstants.AtFdCwd, firstPath, LinuxConstants.AtFdCwd, secondPath, 2, 0);
        Marshal.FreeCoTaskMem(firstPath);
        Marshal.FreeCoTaskMem(secondPath);
        if (result != 0)
            throw new IOException($"renameat2 failed: {HostErrno.Last}.");
    }

    private static void Tally(Dictionary<Errno, int> seen, Errno error) =>
        seen[error] = seen.GetValueOrDefault(error) + 1;
}

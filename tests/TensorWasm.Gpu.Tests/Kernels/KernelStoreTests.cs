namespace TensorWasm.Gpu.Tests;

/// <summary>What lies on disk is only used when this user's process wrote it, whole and under that name.</summary>
public sealed class KernelStoreTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("kernels-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void What_was_written_is_read_by_a_later_process()
    {
        new KernelStore(_folder).TryWrite("a", [1, 2, 3]);
        Assert.Equal([1, 2, 3], new KernelStore(_folder).TryRead("a"));
        Assert.Null(new KernelStore(_folder).TryRead("b"));
        if (!OperatingSystem.IsWindows())
        {
            var mode = File.GetUnixFileMode(Path.Combine(_folder, "key"));
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, mode);
        }
    }

    [Fact]
    public void Every_changed_bit_every_torn_file_and_every_other_name_is_refused()
    {
        var store = new KernelStore(_folder);
        store.TryWrite("a", [1, 2, 3]);
        var path = Path.Combine(_folder, "a");
        var good = File.ReadAllBytes(path);
        for (var bit = 0; bit < good.Length * 8; bit++)
        {
            var bad = good.ToArray();
            bad[bit / 8] ^= (byte)(1 << (bit % 8));
            File.WriteAllBytes(path, bad);
            Assert.Null(store.TryRead("a"));
            Assert.False(File.Exists(path));
        }
        for (var length = 0; length < good.Length; length++)
        {
            File.WriteAllBytes(path, good[..length]);
            Assert.Null(store.TryRead("a"));
        }
        File.WriteAllBytes(Path.Combine(_folder, "b"), good);
        Assert.Null(store.TryRead("b"));
        File.WriteAllBytes(path, good);
        Assert.NotNull(store.TryRead("a"));
    }

    [Fact]
    public void A_folder_that_others_can_write_to_is_refused()
    {
        if (OperatingSystem.IsWindows())
        {
            Assert.Skip("Windows has no such modes");
            return;
        }
        var store = new KernelStore(_folder);
        store.TryWrite("a", [1]);
        File.SetUnixFileMode(_folder, File.GetUnixFileMode(_folder) | UnixFileMode.OtherWrite);
        Assert.Contains("chmod", Assert.Throws<UnauthorizedAccessException>(() => new KernelStore(_folder)).Message);
    }

    [Fact]
    public void Names_differ_when_any_part_or_border_does()
    {
        string[] names =
        [
            KernelStore.NameOf("ab", "c"), KernelStore.NameOf("a", "bc"), KernelStore.NameOf("abc"),
            KernelStore.NameOf("ab", "c", ""), KernelStore.NameOf("ab", "d"),
        ];
        Assert.Equal(names.Length, names.Distinct().Count());
        Assert.All(names, name => Assert.Equal(64, name.Length));
    }
}

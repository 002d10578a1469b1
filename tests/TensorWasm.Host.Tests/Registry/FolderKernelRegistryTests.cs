namespace TensorWasm.Host.Tests;

public sealed class FolderKernelRegistryTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("tensorwasm-kernels-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void A_name_is_a_file_of_the_folder()
    {
        File.WriteAllText(Path.Combine(_folder, "add@1.2_x-y.ptx"), "text");
        Assert.Equal("text"u8, new FolderKernelRegistry(_folder).Find("add@1.2_x-y")!.Value.Span);
        Assert.Null(new FolderKernelRegistry(_folder).Find("missing"));
        Assert.Null(new FolderKernelRegistry(Path.Combine(_folder, "none")).Find("add"));
    }

    [Theory]
    [InlineData("")]
    [InlineData(".hidden")]
    [InlineData("..")]
    [InlineData("../secret")]
    [InlineData("sub/secret")]
    [InlineData("sub\\secret")]
    [InlineData("/etc/passwd")]
    [InlineData("a\0b")]
    [InlineData("a b")]
    [InlineData("\u00e9")]
    public void No_other_name_reaches_a_file(string name)
    {
        Directory.CreateDirectory(Path.Combine(_folder, "registry", "sub"));
        foreach (var file in (string[])["secret.ptx", "registry/.hidden.ptx", "registry/sub/secret.ptx", "registry/..ptx"])
        {
            File.WriteAllText(Path.Combine(_folder, file), "secret");
        }
        Assert.False(FolderKernelRegistry.IsName(name));
        Assert.Null(new FolderKernelRegistry(Path.Combine(_folder, "registry")).Find(name));
    }

    [Fact]
    public void Names_have_at_most_128_characters()
    {
        Assert.True(FolderKernelRegistry.IsName(new string('a', 128)));
        Assert.False(FolderKernelRegistry.IsName(new string('a', 129)));
    }

    [Fact]
    public void A_file_beyond_the_limit_of_a_module_is_not_offered()
    {
        File.WriteAllBytes(Path.Combine(_folder, "large.ptx"), new byte[(8 << 20) + 1]);
        File.WriteAllBytes(Path.Combine(_folder, "full.ptx"), new byte[8 << 20]);
        var registry = new FolderKernelRegistry(_folder);
        Assert.Null(registry.Find("large"));
        Assert.Equal(8 << 20, registry.Find("full")!.Value.Length);
    }
}

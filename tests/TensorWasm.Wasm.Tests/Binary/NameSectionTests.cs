namespace TensorWasm.Wasm.Tests.Binary;

public sealed class NameSectionTests
{
    private static readonly byte[] Name = [4, (byte)'n', (byte)'a', (byte)'m', (byte)'e'];

    [Fact]
    public void Names_of_all_kinds_are_read()
    {
        byte[] simple = [1, 3, 1, (byte)'x'];
        byte[] indirect = [1, 0, 1, 2, 1, (byte)'y'];
        var names = Read(
        [
            0, 2, 1, (byte)'m',
            .. (byte[])[1, 4, .. simple], .. (byte[])[2, 6, .. indirect], .. (byte[])[3, 6, .. indirect],
            .. (byte[])[4, 4, .. simple], .. (byte[])[5, 4, .. simple], .. (byte[])[6, 4, .. simple],
            .. (byte[])[7, 4, .. simple], .. (byte[])[8, 4, .. simple], .. (byte[])[9, 4, .. simple],
            .. (byte[])[10, 6, .. indirect], .. (byte[])[11, 4, .. simple],
        ]);
        Assert.Equal("m", names.Module);
        Dictionary<int, string>[] maps =
            [names.Functions, names.Types, names.Tables, names.Memories, names.Globals, names.Elements, names.Data, names.Tags];
        Assert.All(maps, map => Assert.Equal("x", Assert.Single(map).Value));
        Assert.All(maps, map => Assert.Equal(3, Assert.Single(map).Key));
        Dictionary<int, Dictionary<int, string>>[] indirectMaps = [names.Locals, names.Labels, names.Fields];
        Assert.All(indirectMaps, map => Assert.Equal("y", map[0][2]));
    }

    [Theory]
    [InlineData(new byte[] { 1, 7, 2, 0, 1, 0x66, 1, 1, 0x67, 1, 200 }, 2)] // The next subsection is cut off.
    [InlineData(new byte[] { 1, 7, 3, 0, 1, 0x66, 1, 1, 0x67 }, 2)] // Three names are promised, two are there.
    [InlineData(new byte[] { 1, 7, 2, 0, 1, 0x66, 1, 1, 0xFF }, 1)] // The second name is not UTF-8.
    [InlineData(new byte[] { 99, 1, 7, 1, 7, 2, 0, 1, 0x66, 1, 1, 0x67 }, 2)] // An unknown subsection comes first.
    [InlineData(new byte[] { 1, 0xFF, 0xFF, 0xFF, 0xFF, 0x0F }, 0)]
    [InlineData(new byte[] { }, 0)]
    public void What_is_whole_in_a_damaged_section_is_read(byte[] content, int functions)
    {
        var names = Read(content).Functions;
        Assert.Equal(functions, names.Count);
        if (functions > 0) Assert.Equal("f", names[0]);
    }

    private static NameSection Read(byte[] content) =>
        WasmDecoder.Decode(ModuleBytes.Of(
            ModuleBytes.EmptyFunctionType,
            ModuleBytes.Section(3, 1, 0),
            ModuleBytes.Section(10, 1, 2, 0, 0x0B),
            ModuleBytes.Section(0, [.. Name, .. content]))).Names;
}

using TensorWasm.Engine;

namespace TensorWasm.Host.Tests;

/// <summary>
/// The WIT files against what the linker offers, and what is made from them. With UPDATE_GENERATED=1 in the environment the
/// made files are written instead of compared.
/// </summary>
public sealed class WitTests
{
    public static TheoryData<string, string> Functions =>
        [.. WitFile.All.SelectMany(static file => file.Wit.Functions, static (file, f) => (file.Name, f.Name))];

    public static TheoryData<string> Files => [.. WitFile.All.Select(static file => file.Name)];

    [Theory]
    [MemberData(nameof(Functions))]
    public void Each_function_is_offered_with_the_flattened_type(string file, string name)
    {
        var wit = Find(file).Wit;
        var expected = wit.Functions.Single(f => f.Name == name);
        var linker = new Linker(new WasmEngine());
        linker.AddHost(static _ => throw new InvalidOperationException());
        var function = Assert.IsType<Function>(linker.Find(wit.ModuleName, name));
        Assert.Equal(
            expected.Parameters.Select(p => wit.Flatten(p.Type)), function.Type.Parameters.Select(p => p.ToString()));
        Assert.Equal([wit.Flatten(expected.Result!)], function.Type.Results.Select(r => r.ToString()));
    }

    [Theory]
    [InlineData("gpu", "Gpu")]
    [InlineData("telemetry", "Telemetry")]
    public void Nothing_is_offered_that_the_file_does_not_have(string file, string folder)
    {
        HashSet<string> offered = [];
        foreach (var path in Directory.EnumerateFiles(
            Path.Combine(Repository.Root, "src", "TensorWasm.Host", folder), "*Imports*.cs"))
        {
            foreach (var piece in File.ReadAllText(path).Split("Define(\"").Skip(1))
            {
                offered.Add(piece[..piece.IndexOf('"', StringComparison.Ordinal)]);
            }
        }
        Assert.Equal(Find(file).Wit.Functions.Select(f => f.Name).Order(), offered.Order());
    }

    [Fact]
    public void Errors_are_numbered_as_the_host_answers_them()
    {
        var errors = WitFile.Gpu.Wit.Choices.Single(c => c.Name == "error").Cases;
        var names = errors.Select(e => string.Concat(
            e.Name.Split('-').Select(word => char.ToUpperInvariant(word[0]) + word[1..])));
        var host = typeof(HostLinker).Assembly.GetType("TensorWasm.Host.HostError")!;
        Assert.Equal(
            names.Select((name, i) => (name, -1 - i)),
            Enum.GetNames(host).Select(name => (name, (int)Enum.Parse(host, name))).OrderByDescending(e => e.Item2));
    }

    [Theory]
    [MemberData(nameof(Files))]
    public void The_reference_is_made_from_the_file(string file) =>
        Compare(Find(file).Reference, ReferenceWriter.Write(Find(file)));

    [Theory]
    [MemberData(nameof(Files))]
    public void The_header_is_made_from_the_file(string file) =>
        Compare(Find(file).Header, HeaderWriter.Write(Find(file)));

    private static WitFile Find(string name) => WitFile.All.Single(file => file.Name == name);

    private static void Compare(string path, string text)
    {
        if (Environment.GetEnvironmentVariable("UPDATE_GENERATED") == "1")
        {
            File.WriteAllText(path, text);
        }
        Assert.True(File.Exists(path), $"{path} is missing; run the tests once with UPDATE_GENERATED=1");
        Assert.Equal(text, File.ReadAllText(path));
    }
}

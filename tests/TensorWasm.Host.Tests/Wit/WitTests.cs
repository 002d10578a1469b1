using TensorWasm.Engine;

namespace TensorWasm.Host.Tests;

/// <summary>
/// The WIT file against what the linker offers, and what is made from it. With UPDATE_GENERATED=1 in the environment the
/// made files are written instead of compared.
/// </summary>
public sealed class WitTests
{

    public static TheoryData<string> Functions => [.. WitFile.Wit.Functions.Select(f => f.Name)];

    [Theory]
    [MemberData(nameof(Functions))]
    public void Each_function_is_offered_with_the_flattened_type(string name)
    {
        var wit = WitFile.Wit.Functions.Single(f => f.Name == name);
        var linker = new Linker(new WasmEngine());
        linker.AddHost(static _ => throw new InvalidOperationException());
        var function = Assert.IsType<Function>(linker.Find(WitFile.Wit.ModuleName, name));
        Assert.Equal(
            wit.Parameters.Select(p => WitFile.Wit.Flatten(p.Type)), function.Type.Parameters.Select(p => p.ToString()));
        Assert.Equal([WitFile.Wit.Flatten(wit.Result!)], function.Type.Results.Select(r => r.ToString()));
    }

    [Fact]
    public void Nothing_is_offered_that_the_file_does_not_have()
    {
        HashSet<string> offered = [];
        var linker = new Linker(new WasmEngine());
        var source = File.ReadAllText(Path.Combine(Repository.Root, "src", "TensorWasm.Host", "Gpu", "GpuImports.cs"))
            + File.ReadAllText(Path.Combine(Repository.Root, "src", "TensorWasm.Host", "Gpu", "GpuImports.Streams.cs"))
            + File.ReadAllText(Path.Combine(Repository.Root, "src", "TensorWasm.Host", "Gpu", "GpuImports.Devices.cs"));
        foreach (var piece in source.Split("Define(\"").Skip(1))
        {
            offered.Add(piece[..piece.IndexOf('"', StringComparison.Ordinal)]);
        }
        Assert.Equal(WitFile.Wit.Functions.Select(f => f.Name).Order(), offered.Order());
    }

    [Fact]
    public void Errors_are_numbered_as_the_host_answers_them()
    {
        var errors = WitFile.Wit.Choices.Single(c => c.Name == "error").Cases;
        var names = errors.Select(e => string.Concat(
            e.Name.Split('-').Select(word => char.ToUpperInvariant(word[0]) + word[1..])));
        var host = typeof(HostLinker).Assembly.GetType("TensorWasm.Host.HostError")!;
        Assert.Equal(
            names.Select((name, i) => (name, -1 - i)),
            Enum.GetNames(host).Select(name => (name, (int)Enum.Parse(host, name))).OrderByDescending(e => e.Item2));
    }

    [Fact]
    public void The_reference_is_made_from_the_file() =>
        Compare(Path.Combine(Repository.Root, "docs", "gpu-interface.md"), ReferenceWriter.Write(WitFile.Wit));

    [Fact]
    public void The_header_is_made_from_the_file() =>
        Compare(Path.Combine(WitFile.Folder, "tensorwasm-gpu.h"), HeaderWriter.Write(WitFile.Wit));

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

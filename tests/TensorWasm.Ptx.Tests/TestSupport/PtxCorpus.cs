using System.Runtime.CompilerServices;

namespace TensorWasm.Ptx.Tests.TestSupport;

/// <summary>Finds the PTX texts that tests run over.</summary>
internal static class PtxCorpus
{
    public static string FixtureFolder { get; } = Path.Combine(Folder(), "..", "Fixtures");

    /// <summary>Hand-written kernels, and what clang and nvcc make of the samples'.</summary>
    public static IEnumerable<string> Fixtures =>
        Directory.GetFiles(FixtureFolder, "*.ptx", SearchOption.AllDirectories).Order(StringComparer.Ordinal);

    /// <summary>Kernels of language models, as Triton compiles them for Hopper.</summary>
    public static IEnumerable<string> Triton { get; } = Directory.GetFiles(
        Path.Combine(Folder(), "..", "..", "..", "bench", "triton", "sm90"), "*.ptx").Order(StringComparer.Ordinal);

    /// <summary>The samples' kernels, as clang compiles them.</summary>
    public static IEnumerable<string> Samples { get; } = Directory.GetFiles(
        Path.Combine(Folder(), "..", "..", "..", "samples"), "kernel.ptx", SearchOption.AllDirectories).Order(StringComparer.Ordinal);

    public static string Kernel(string name) => File.ReadAllText(Triton.Single(path => Path.GetFileName(path) == name + ".ptx"));

    public static string Fixture(string name) => File.ReadAllText(Path.Combine(FixtureFolder, name + ".ptx"));

    /// <summary>All texts.</summary>
    public static TheoryData<string> All()
    {
        var data = new TheoryData<string>();
        foreach (string path in Fixtures.Concat(Triton))
        {
            data.Add(path);
        }

        return data;
    }

    private static string Folder([CallerFilePath] string path = "") => Path.GetDirectoryName(path)!;
}

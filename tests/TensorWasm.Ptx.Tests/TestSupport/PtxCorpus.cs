using System.Runtime.CompilerServices;

namespace TensorWasm.Ptx.Tests.TestSupport;

/// <summary>Finds the PTX texts that tests run over.</summary>
internal static class PtxCorpus
{
    public static string FixtureFolder { get; } = Path.Combine(Folder(), "..", "Fixtures");

    public static IEnumerable<string> Fixtures =>
        Directory.GetFiles(FixtureFolder, "*.ptx").Order(StringComparer.Ordinal);

    /// <summary>Kernels of a real compiler; not part of the repository, so absent on most machines.</summary>
    public static string? SharedFolder
    {
        get
        {
            for (DirectoryInfo? at = new(Folder()); at is not null; at = at.Parent)
            {
                string candidate = Path.Combine(at.FullName, "shared", "ptx", "triton-sm90");
                if (Directory.Exists(candidate))
                {
                    return candidate;
                }
            }

            return null;
        }
    }

    public static IEnumerable<string> Shared => SharedFolder is { } folder
        ? Directory.GetFiles(folder, "*.ptx").Order(StringComparer.Ordinal)
        : [];

    public static string Fixture(string name) => File.ReadAllText(Path.Combine(FixtureFolder, name + ".ptx"));

    /// <summary>All texts: the fixtures, and the shared kernels where they exist.</summary>
    public static TheoryData<string> All()
    {
        var data = new TheoryData<string>();
        foreach (string path in Fixtures.Concat(Shared))
        {
            data.Add(path);
        }

        return data;
    }

    private static string Folder([CallerFilePath] string path = "") => Path.GetDirectoryName(path)!;
}

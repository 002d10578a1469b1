namespace TensorWasm.Engine.Tests;

/// <summary>Where the specification's tests lie: beside the repository, or where eng/fetch-spec.sh put them.</summary>
internal static class SpecificationSuite
{
    private const string Missing = "there are no specification tests; run eng/fetch-spec.sh";

    internal static string? Root { get; } = Find();

    /// <summary>Skips the test where the suite is missing; on CI, that is a failure.</summary>
    internal static void Require()
    {
        if (Root is not null) return;
        Assert.False(Environment.GetEnvironmentVariable("CI") == "true", Missing);
        Assert.Skip(Missing);
    }

    internal static IEnumerable<string> Files() =>
        Root is null
            ? ["(none)"]
            : Directory.EnumerateFiles(Path.Combine(Root, "core"), "*.wast", SearchOption.AllDirectories)
                .Select(file => Path.GetRelativePath(Root, file))
                .Order(StringComparer.Ordinal);

    private static string? Find()
    {
        for (var folder = AppContext.BaseDirectory; folder is not null; folder = Path.GetDirectoryName(folder))
        {
            if (!File.Exists(Path.Combine(folder, "TensorWasm.slnx"))) continue;
            string[] candidates = [Path.Combine(folder, "..", "shared", "spec"), Path.Combine(folder, "artifacts", "spec")];
            return candidates.Select(Path.GetFullPath).FirstOrDefault(Directory.Exists);
        }
        return null;
    }
}

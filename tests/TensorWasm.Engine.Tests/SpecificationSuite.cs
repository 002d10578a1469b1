namespace TensorWasm.Engine.Tests;

/// <summary>The specification's tests, which eng/fetch-spec.sh puts beside the repository.</summary>
internal static class SpecificationSuite
{
    private const string Missing = "there are no specification tests; run eng/fetch-spec.sh";

    internal static string? Root { get; } =
        Path.GetFullPath(Path.Combine(Repository.Root, "..", "shared", "spec")) is var folder && Directory.Exists(folder)
            ? folder
            : null;

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
}

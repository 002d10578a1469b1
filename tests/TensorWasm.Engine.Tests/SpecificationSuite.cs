namespace TensorWasm.Engine.Tests;

internal static class SpecificationSuite
{
    internal static string? Root { get; } = Find();

    internal static IEnumerable<string> Files() =>
        Root is null
            ? []
            : Directory.EnumerateFiles(Path.Combine(Root, "core"), "*.wast", SearchOption.AllDirectories)
                .Select(file => Path.GetRelativePath(Root, file))
                .Order(StringComparer.Ordinal);

    private static string? Find()
    {
        for (var folder = AppContext.BaseDirectory; folder is not null; folder = Path.GetDirectoryName(folder))
        {
            if (!File.Exists(Path.Combine(folder, "TensorWasm.slnx"))) continue;
            var shared = Path.GetFullPath(Path.Combine(folder, "..", "shared", "spec"));
            return Directory.Exists(shared) ? shared : null;
        }
        return null;
    }
}

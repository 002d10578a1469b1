namespace TensorWasm.Samples.Tests;

/// <summary>The folders of the GPU samples: those with a guest.</summary>
internal static class Samples
{
    public static string Folder { get; } = Path.Combine(Repository.Root, "samples");

    public static IEnumerable<string> Names => Directory.GetFiles(Folder, "guest.wasm", SearchOption.AllDirectories)
        .Select(path => Path.GetFileName(Path.GetDirectoryName(path)!)).Order(StringComparer.Ordinal);

    public static IEnumerable<string> Kernels =>
        Directory.GetFiles(Folder, "*.ptx", SearchOption.AllDirectories).Order(StringComparer.Ordinal);

    public static TheoryData<string> All => [.. Names];

    public static string Guest(string name) => Path.Combine(Folder, name, "guest.wasm");
}

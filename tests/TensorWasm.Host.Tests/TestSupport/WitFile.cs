namespace TensorWasm.Host.Tests;

internal static class WitFile
{
    internal static string Folder { get; } = Path.Combine(Repository.Root, "src", "TensorWasm.Host", "Wit");

    internal static WitInterface Wit { get; } =
        WitParser.Parse(File.ReadAllText(Path.Combine(Folder, "tensorwasm-gpu.wit")));
}

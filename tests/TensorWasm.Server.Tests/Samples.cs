namespace TensorWasm.Server.Tests;

internal static class Samples
{
    /// <summary>A file of the repository's samples.</summary>
    internal static string Path(string name) => System.IO.Path.Combine(Repository.Root, "samples", name);
}

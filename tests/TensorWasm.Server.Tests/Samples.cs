namespace TensorWasm.Server.Tests;

internal static class Samples
{
    /// <summary>A file of the repository's samples.</summary>
    internal static string Path(string name)
    {
        for (var folder = AppContext.BaseDirectory; folder is not null; folder = System.IO.Path.GetDirectoryName(folder))
        {
            var samples = System.IO.Path.Combine(folder, "samples");
            if (File.Exists(System.IO.Path.Combine(folder, "TensorWasm.slnx"))) return System.IO.Path.Combine(samples, name);
        }
        throw new InvalidOperationException("the tests do not run inside the repository");
    }
}

namespace TensorWasm.Bench.Reporting;

/// <summary>The repository that a benchmark is run from.</summary>
internal static class Repository
{
    /// <summary>Its folder.</summary>
    /// <exception cref="InvalidOperationException">The program is not at its place below it.</exception>
    public static string FindRoot()
    {
        for (var folder = AppContext.BaseDirectory; folder is not null; folder = Path.GetDirectoryName(folder))
        {
            if (File.Exists(Path.Combine(folder, "TensorWasm.slnx"))) return folder;
        }

        throw new InvalidOperationException("run it from its place in the repository");
    }
}

namespace TensorWasm.TestSupport;

/// <summary>The repository, whose files tests read at their places in it.</summary>
internal static class Repository
{
    /// <summary>The folder that holds the solution.</summary>
    internal static string Root { get; } = Find();

    private static string Find()
    {
        for (var folder = AppContext.BaseDirectory; folder is not null; folder = Path.GetDirectoryName(folder))
        {
            if (File.Exists(Path.Combine(folder, "TensorWasm.slnx"))) return folder;
        }
        throw new InvalidOperationException("the tests do not run inside the repository");
    }
}
